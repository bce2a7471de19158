# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: nightly backup and export with the date in the name, old ones removed
#| rows: /system/scheduler name=nightly interval=1d 1
#| then: /system/script/run nightly-backup
#| rows: /file name~"^backup-2[0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]\\.backup\$" 1
#| rows: /file name~"^backup-.*\\.rsc\$" 1
#| log: backup saved
/system/script/add name=nightly-backup policy=read,write,policy,test,sensitive,ftp source={
    :local today [/system/clock/get date]
    :local name ("backup-" . $today)
    :foreach old in=[/file/find where name~"^backup-" name!=($name . ".backup")] do={ /file/remove $old }
    /system/backup/save name=$name dont-encrypt=yes
    /export file=$name
    :delay 1s
    :log info "backup saved as $name"
}
/system/scheduler/add name=nightly interval=1d start-date=2024-01-01 start-time=03:15:00 on-event=nightly-backup policy=read,write,policy,test,sensitive,ftp
