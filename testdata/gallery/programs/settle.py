"""Takes over what a program has written anew: settle.py NEW_DIRECTORY FILES_DIRECTORY

A file is replaced only if its content changed. Dates, random ids and salts that programs
write into a file are not content. Prints each file that is new or changed.
"""

import gzip
import io
import os
import re
import shutil
import sys
import zipfile

# What differs each time: dates of creation, identifiers of a document.
PASSING = re.compile(
    rb"(<dcterms:(created|modified)[^>]*>|<meta:creation-date>|<dc:date>|<Created[^>]*>|<LastSaved[^>]*>|<Modified[^>]*>)[^<]*"
    rb"|<meta:editing-duration>[^<]*|/CreationDate ?\([^)]*\)|/ID ?\[[^]]*\]|/DocChecksum ?/\w+"
    rb"|\{\\(creatim|revtim|printim)[^}]*\}|\\rsid\w*\d+|<style:text-properties fo:[^>]*rsid[^>]*>|<meta name=\"changed\"[^>]*>|refreshedDate=\"[^\"]*\"")


def mask(content):
    return PASSING.sub(b"", content)


def decrypted(content):
    import msoffcrypto
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    if not file.is_encrypted():
        return None
    file.load_key(password="secret")
    plain = io.BytesIO()
    file.decrypt(plain)
    return plain.getvalue()


def streams(content):
    import olefile
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        named = {"/".join(path): ole.openstream(path).read() for path in ole.listdir()}
    return {k: v for k, v in named.items() if "SummaryInformation" not in k}


def content(raw):
    """What of a file counts, as something that can be compared."""
    if raw[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as z:
                if b"encryption-data" in z.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in z.namelist() else False:
                    return "an encrypted document"
                # app.xml has counts of pages and words, which may come too late.
                return [(n, content(z.read(n))) for n in z.namelist() if n != "docProps/app.xml"]
        except zipfile.BadZipFile:
            return raw
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        plain = decrypted(raw)
        return content(plain) if plain and plain[:4] == b"PK\x03\x04" else streams(plain or raw)
    if raw[:2] == b"\x1f\x8b":
        return content(gzip.decompress(raw))
    return mask(raw)


def main():
    fresh, files = sys.argv[1:]
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for name in sorted(os.listdir(fresh)):
        source, target = os.path.join(fresh, name), os.path.join(files, name)
        if not os.path.exists(target):
            what = "new"
        else:
            with open(source, "rb") as a, open(target, "rb") as b:
                new, old = a.read(), b.read()
            what = "unchanged" if new == old or content(new) == content(old) else "changed"
        counts[what] += 1
        if what != "unchanged":
            shutil.copyfile(source, target)
            print(f"{what}: {name}")
    kept = sorted(n for n in os.listdir(files) if not n.endswith((".golden", ".options")) and not os.path.exists(os.path.join(fresh, n)))
    for name in kept:
        print(f"not made: {name}")
    print(", ".join(f"{n} {what}" for what, n in counts.items()) + f", {len(kept)} not made")


main()
