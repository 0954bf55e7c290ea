package input

import (
	"strings"
	"sync"

	"tracksync/internal/track"
)

// understoodNames are other names of columns, normalized, that are read as a field. Each
// of them can mean only that field. For the keys of YAML and JSON they are not used.
var understoodNames = map[string]int{
	"track_id": fID, "trackid": fID, "background_track_id": fID,
	"track_name": fName, "title": fName,
	"vol": fVolume, "volume_%": fVolume, "volume%": fVolume, "volume_(percent)": fVolume, "volume(percent)": fVolume,
	"volume_(%)": fVolume, "volume(%)": fVolume,
	"project": fProject,
	"media":   fMedia, "url": fMedia, "audio_url": fMedia, "file_url": fMedia,
}

// synonyms maps more names of a field, normalized, to the field. An edit distance would
// not find them. They are only suggested and never used by themselves: a column "number"
// may hold numbers of another kind.
var synonyms = sync.OnceValue(func() map[string]string {
	all := make(map[string]string)
	for _, language := range fieldWords {
		for f, words := range language {
			for _, word := range strings.Fields(words) {
				word = normalizeHeader(word)
				if _, known := all[word]; !known { // an earlier language wins
					all[word] = fieldNames[f]
				}
			}
		}
	}
	for _, f := range track.Columns() {
		delete(all, f)
	}
	return all
})

// fieldWords are words for the fields (id, name, volume, project, media) in the
// languages with the most speakers, and in German.
var fieldWords = [][fieldCount]string{
	{ // English
		"track_id trackid track_number number no", "title track track_name track_title song", "loudness gain level volume_percent",
		"project project_number", "media url mediaurl audio audio_url audio_file file link",
	},
	{ // Chinese
		"编号 編號 序号 序號 标识 標識 曲目编号", "名称 名稱 名字 标题 標題 曲名 曲目", "音量 响度 響度",
		"项目 項目 专案 專案 项目编号", "媒体 媒體 音频 音頻 文件 链接 連結 网址 網址",
	},
	{ // Hindi
		"आईडी क्रमांक संख्या पहचान", "नाम शीर्षक", "वॉल्यूम वॉल्युम आवाज़ ध्वनि",
		"परियोजना प्रोजेक्ट", "मीडिया ऑडियो फ़ाइल लिंक",
	},
	{ // Spanish
		"número numero núm identificador id_de_pista id_pista", "nombre título titulo pista canción", "volumen nivel",
		"proyecto id_proyecto id_de_proyecto", "medio medios archivo enlace url_de_audio url_audio",
	},
	{ // Arabic
		"المعرف معرف معرّف الرقم رقم", "الاسم اسم العنوان عنوان", "الصوت مستوى_الصوت درجة_الصوت",
		"المشروع مشروع", "الوسائط وسائط الملف ملف الرابط رابط",
	},
	{ // French
		"numéro numero identifiant id_piste id_de_piste", "nom titre intitulé piste morceau", "volume_sonore niveau",
		"projet id_projet id_du_projet", "média fichier lien url_audio",
	},
	{ // Bengali
		"আইডি নম্বর ক্রমিক", "নাম শিরোনাম", "ভলিউম শব্দমাত্রা",
		"প্রকল্প প্রজেক্ট", "মিডিয়া অডিও ফাইল লিংক লিঙ্ক",
	},
	{ // Portuguese
		"número identificador id_faixa id_da_faixa", "nome título titulo faixa", "volume_do_som nível nivel",
		"projeto projecto id_projeto id_do_projeto", "mídia arquivo ficheiro ligação",
	},
	{ // Russian
		"номер ид идентификатор", "имя название наименование трек", "громкость уровень",
		"проект id_проекта", "медиа аудио файл ссылка",
	},
	{ // Urdu
		"آئی_ڈی شناخت نمبر", "نام عنوان", "آواز والیوم",
		"منصوبہ پروجیکٹ", "میڈیا آڈیو فائل لنک",
	},
	{ // Indonesian
		"nomor nomer id_trek", "nama judul", "kenyaringan tingkat_suara",
		"proyek id_proyek", "berkas tautan",
	},
	{ // Japanese
		"番号 識別子", "名前 名称 タイトル 曲名", "音量 ボリューム",
		"プロジェクト", "メディア 音声 ファイル リンク",
	},
	{ // German
		"nummer nr kennung titelnummer tracknummer", "titel bezeichnung", "lautstärke lautstaerke pegel",
		"projekt projekt_id projektnummer", "medien datei audiodatei mediendatei adresse",
	},
}
