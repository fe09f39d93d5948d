"""Mail domains at which anybody makes an account, whichever company runs them. Not who is behind an account."""

from __future__ import annotations

import re
from typing import Final

# One name in many countries (yahoo.co.uk, hotmail.fr); all of these belong to the provider.
_BRANDS: Final = re.compile(r"(?:yahoo|hotmail|outlook|rocketmail|ymail)\.(?:com|(?:com?\.)?[a-z]{2})")
_NAMED: Final = """
gmail.com googlemail.com googlegroups.com live.com live.be live.ca live.cl live.cn live.co.uk live.co.za
live.com.ar live.com.au live.com.mx live.com.pt live.com.sg live.de live.dk live.fr live.ie live.in live.it
live.jp live.nl live.no live.ru live.se msn.com passport.com windowslive.com aol.com aol.co.uk aol.de aol.fr
aim.com myyahoo.com verizon.net yahoogroups.com icloud.com mac.com me.com privaterelay.appleid.com proton.me
protonmail.ch protonmail.com pm.me tuta.com tuta.io tutanota.com tutanota.de tutamail.com keemail.me gmx.at
gmx.ch gmx.com gmx.co.uk gmx.de gmx.fr gmx.es gmx.net gmx.us mail.com email.com web.de freenet.de t-online.de
bluewin.ch laposte.net orange.fr wanadoo.fr free.fr sfr.fr libero.it virgilio.it tiscali.it wp.pl o2.pl
onet.pl interia.pl seznam.cz btinternet.com sky.com virginmedia.com comcast.net att.net sbcglobal.net cox.net
fastmail.com fastmail.fm hey.com hushmail.com mailbox.org posteo.de posteo.net runbox.com zoho.com
zohomail.com zohomail.eu zohomail.in mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ya.ru yandex.com
yandex.ru yandex.by yandex.kz qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com
naver.com daum.net hanmail.net kakao.com rediffmail.com uol.com.br bol.com.br terra.com.br mailinator.com
guerrillamail.com yopmail.com 10minutemail.com temp-mail.org sharklasers.com
"""
_DOMAINS: Final = frozenset(_NAMED.split())


def is_anybodys(domain: str) -> bool:
    """Whether anybody may make an account or a group at `domain`, in whatever case it is written.

    Only the domain itself: what is below one that merely begins alike (`outlook.example.com`) is somebody's own.
    """
    name = domain.strip().rstrip(".").lower()
    return name in _DOMAINS or _BRANDS.fullmatch(name) is not None
