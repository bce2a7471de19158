# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: a lease script that tells a Telegram chat about new devices
#| rows: /ip/dhcp-server name=office 1
#| with: leaseBound="1" leaseServerName=office leaseActMAC=AA:BB:CC:DD:EE:FF leaseActIP=192.168.50.20
#| then: [/ip/dhcp-server/get office lease-script]
#| fetch: chat_id=-1001&text=new+device|new%20device
#| log: told about AA:BB:CC:DD:EE:FF
/interface bridge add name=br-office
/ip address add address=192.168.50.1/24 interface=br-office
/ip pool add name=office ranges=192.168.50.10-192.168.50.99
/ip dhcp-server network add address=192.168.50.0/24 gateway=192.168.50.1 dns-server=192.168.50.1
/ip dhcp-server add name=office interface=br-office address-pool=office lease-time=1h disabled=no lease-script={
    :local token "123456:AAE_fake-token"
    :local chat "-1001"
    :local mac $leaseActMAC
    :local ip $leaseActIP
    :if ($leaseBound = "1") do={
        :local known [/ip/dhcp-server/lease/find where mac-address=$mac dynamic=no]
        :if ([:len $known] = 0) do={
            :local text ("new device " . $mac . " got " . $ip)
            :onerror problem in={
                /tool/fetch url="https://api.telegram.org/bot$token/sendMessage" http-method=post output=none \
                    http-data=("chat_id=" . $chat . "&text=" . [:convert $text to=url]) check-certificate=yes-without-crl
                :log info "told about $mac"
            } do={ :log error "telegram: $problem" }
        }
    }
}
