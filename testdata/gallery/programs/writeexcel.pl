# Workbooks that Perl's modules write: XLS of Excel 97 and XLSX.
use strict; use warnings; use utf8;
use Spreadsheet::WriteExcel; use Excel::Writer::XLSX;
my $out = shift;
my @rows = (["id", "name", "volume"], [17, "Größe", 55], [18, "Wind", 40], [19, "Sun", undef]);
for my $book (Spreadsheet::WriteExcel->new("$out/405-perl-writeexcel.xls"), Excel::Writer::XLSX->new("$out/335-perl-excel-writer.xlsx")) {
	my $sheet = $book->add_worksheet("Tracks");
	my $percent = $book->add_format(num_format => "0%");
	for my $r (0 .. $#rows) { $sheet->write($r, $_, $rows[$r][$_]) for 0 .. 2; }
	$sheet->write(1, 2, 0.55, $percent);
	$book->close;
}
