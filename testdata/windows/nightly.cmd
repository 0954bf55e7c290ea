@echo off
rem C:\music\nightly.cmd
cd /d C:\music
tracksync sync --yes --skip-unchanged --state tracks.state --keep 30 --until 06:00 --api-key-file key.txt tracks.csv 2>>tracksync.log
