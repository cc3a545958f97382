# ruff: noqa: E501 - lists of words are read by language and are not improved by breaking
"""The words that pages put around their news, in a dozen languages: labels, terminators, other lists, furniture, sections.

Knows the words and nothing of what a line with them is for. Each is folded as lines are when they are compared.
"""

import re
from functools import lru_cache
from itertools import groupby

from feedsvc.text import headline_key


def _keys(listed: str) -> frozenset[str]:
    return frozenset(key for phrase in re.split(r"[,\n]", listed) if (key := fold(phrase)))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the words of a text as they are compared: no case, accents, apostrophes or punctuation."""
    for apostrophe in "'’‘ʼʻ`´":
        text = text.replace(apostrophe, "")
    return headline_key(text)


def _by_first_word(phrases: frozenset[str]) -> dict[str, list[str]]:
    return {first: list(begun) for first, begun in groupby(sorted(phrases), lambda phrase: phrase.split()[0])}


# A label is made of nothing but these: at least one that says "news", and any of those that say which.
NEWS = _keys(
    """news, newsline, newsfeed, feed, headlines, newsroom, lent, lenti, lenta, lentası, xəbər, xəbərlər, xəbərləri, xəbərlərin
    haber, haberler, haberleri, dakika, gelişmeler, новости, новостей, новостная, лента, хроника, новини, новин, стрічка
    ειδήσεις, ειδήσεων, ειδήσεις, νέα, ροή, լրահոս, լրահոսը, լուրեր, լուրերը, նորություններ, նորությունները, նորությունների
    yangiliklar, yangiliklari, tasmasi, янгиликлар, янгиликлари, тасмаси, жаңалықтар, жаңалықтары, სიახლეები, ამბები
    nachrichten, nouvelles, actualités, навіны, хабарлари, хабарлар, xabarlar, xabarlari
    noticias, notícias, notizie, novità, wiadomości, aktualności, știri, știrile, nieuws, nyheter, nyheder, zprávy, hírek, aktuelles, meldungen
    pressemitteilungen, actus, الأخبار, أخبار, חדשות, 新闻, 新聞, 要闻, ニュース, 뉴스, 새소식"""
)
WHICH = _keys(
    """ще, ещё, еще, now, indi, şimdi, зараз, τώρα, հիմա, hozir, ҳозир
    azerbaijan, armenia, georgia, turkey, türkiye, uzbekistan, ukraine, russia, kazakhstan, baku, world, greece
    azərbaycan, azərbaycanın, bakı, dünyadan, ölkədən, азербайджана, армении, грузии, узбекистана, украины, казахстана, россии
    баку, ташкента, україни, києва, ελλάδας, ελλάδα, κόσμου, հայաստանի, աշխարհի, oʻzbekiston, ўзбекистон, mahalliy, маҳаллий
    line, latest, last, recent, more, other, all, breaking, top, the, of, for, today, our, my, live, fresh, new, and, by, day
    кундалик, kundalik, gündəlik, günlük, ежедневные, щоденні, daily, son, ən, digər, başqa, yeni, bütün, günün, bu, gün, gün, anın, xətti, az, ölkə, dünya, əsas, axını, operativ, anlıq
    en, diğer, güncel, tüm, günün, akışı, flaş, başlıkları, sıcak
    последние, другие, свежие, все, главные, наши, дня, часа, сегодня, за, сейчас, новостная, онлайн, также, событий, ленты
    останні, інші, свіжі, усі, всі, головні, дня, сьогодні, стрічки, години
    τελευταία, τελευταίες, όλες, όλα, οι, τα, η, νεότερα, νεότερες, σημερινά, άλλες, άλλα, των, κύριες, live, πρόσφατα, πρόσφατες
    օրվա, վերջին, այլ, բոլոր, մեր, նոր, ամենաթարմ, թարմ, գլխավոր
    songgi, soʻnggi, oxirgi, boshqa, barcha, kun, kunning, tezkor, qaynoq, eng, soʻngi
    сўнгги, охирги, бошқа, барча, кун, куннинг, тезкор, энг
    соңғы, басқа, барлық, ბოლო, ახალი, ყველა, სხვა, დღის, aktuelle, neueste, letzte, alle, dernières, toutes, autres, les
    últimas, ultime, ultimele, najnowsze, laatste, senaste, seneste, siste, nejnovější, friss, legfrissebb, آخر, 最新"""
)
LABELS = _keys(
    """latest, the latest, latest updates, latest articles, latest posts, recent posts, recent articles, newswire, news wire
    lent, lenta, xəbər lenti, son yazılar, son əlavələr, axın, son dakika, sondakika, son gelişmeler, akış, лента, лента дня, свежее, последнее
    последние события, последние публикации, последние материалы, новое, новое на сайте, главное за день, оперативно, стрічка, свіже, останнє
    останні публікації, хроніка, ροή, τελευταία, newsroom, τελευταία άρθρα, πρόσφατα άρθρα, ροη ειδησεων, լրահոս, վերջինը, ամենաթարմը, songgi xabarlar
    tasma, lenta, лента, сўнгги хабарлар, ბოლოს დამატებული
    press releases, media releases, communiqués de presse, comunicados de prensa, 新着情報, お知らせ, 最新消息, 最新动态, 新闻动态, 보도자료, 공지사항"""
)
ENDS = _keys(
    """hamısı, hamısına bax, hamısını göstər, hamısını gör, hamısına baxın, bütün xəbərlər, bütün xəbərlərə bax, daha çox, daha çox xəbər, davamı, arxiv, xəbər arxivi, bütün xəbər lenti, ardı, növbəti, sonrakı, əvvəlki
    digər xəbərlərə bax, daha çox göstər, daha çox yüklə, digərləri, xəbərlərin arxivi
    tümü, tümünü gör, tümünü göster, tüm haberler, hepsi, tüm haberleri gör, daha fazla, daha fazla göster, daha fazla haber, devamı, arşiv, sonraki, sonraki sayfa, daha fazla yükle, diğer haberler için tıklayın, tüm son dakika haberleri
    все новости, все, смотреть все, смотреть всё, показать еще, показать ещё, загрузить еще, загрузить ещё, еще, ещё, больше новостей, ещё новости, еще новости, архив, архив новостей, вся лента, все новости дня, далее, следующая, следующая страница, посмотреть все, другие новости раздела, все материалы, больше, перейти в ленту, весь архив
    дивитися все, дивитись все, всі новини, усі новини, більше новин, ще новини, показати ще, завантажити ще, показати більше, читати всі новини, архів, архів новин, наступна, далі, більше, ще, дивитися всі, переглянути всі, усі матеріали
    all news, view all, see all, show all, more, more news, load more, show more, archive, news archive, next, next page, older posts, older, see more, view more, all headlines, all, all latest news, full list, view all news, see all news, more headlines, all stories
    όλες οι ειδήσεις, όλα τα νέα, δείτε όλα τα νέα, δείτε όλες τις ειδήσεις, περισσότερα, δείτε περισσότερα, όλα, δείτε τα όλα, επόμενη, περισσότερες ειδήσεις, δες όλες τις ειδήσεις, όλη η ροή, δείτε όλη τη ροή, φόρτωση περισσότερων, αρχείο
    բոլորը, տեսնել բոլորը, բոլոր լուրերը, բոլոր նորությունները, ավելին, տեսնել ավելին, արխիվ, ամբողջ լրահոսը, ամբողջ լրահոս, դիտել բոլորը, հաջորդը
    barchasi, hammasi, barcha yangiliklar, barchasini korish, barchasini koʻrish, koproq, ko'proq, yana, arxiv, keyingi, yana yuklash
    барчаси, ҳаммаси, барча янгиликлар, барчасини кўриш, кўпроқ, яна, архив, кейинги
    барлығы, барлық жаңалықтар, ყველა, ყველა სიახლე, მეტი, alle nachrichten, mehr, toutes les actualités
    alle anzeigen, alle meldungen, voir tout, toutes les actus, ver todas, ver todas las noticias, ver todas as notícias, tutte le notizie, tutte le novità
    wszystkie wiadomości, toate știrile, al het nieuws, alla nyheter, 查看更多, 更多, 一覧, 一覧を見る, もっと見る, 더보기, xem tất cả"""
)
# A heading that begins with one of these is of another list.
OTHERS = _keys(
    """most read, most popular, popular, trending, read also, related, related news, related articles, opinion, opinions, editors choice, editor's pick, recommended, you may also like, see also, also read, must read, most viewed, most commented, top stories, top news, featured, in focus, similar news, blogs, gallery, interviews, interview, analytics, partners news, sponsored, top 10, top 5, columnists, hot topics, topics, topic of the day, from the web, don't miss, comments, latest comments
    ən çox oxunan, ən çox oxunanlar, çox oxunanlar, çox oxunan, populyar, ən populyar, oxşar xəbərlər, əlaqəli xəbərlər, həmçinin oxuyun, bunları da oxuyun, həmçinin, redaktor seçimi, redaktorun seçimi, redaksiyanın seçimi, müsahibə, köşə, günün xəbəri, günün fotosu, top xəbərlər, tövsiyə, tövsiyə edirik, seçilmiş, manşet, fotoqalereya, videoqalereya, oxunanlar, ən çox baxılan, ən çox baxılanlar, mövzu ilə bağlı, mövzuya aid, bənzər xəbərlər, rəylər, ən çox şərh, müəlliflər, diqqət çəkən, ən maraqlı, ən son şərhlər, əsas xəbərlər, əsas xəbər
    çok okunan, çok okunanlar, en çok okunan, en çok okunanlar, popüler, ilgili haberler, ilgili haber, benzer haberler, öne çıkanlar, öne çıkan, yazarlar, köşe yazarları, editörün seçtikleri, bunlar da ilginizi çekebilir, ilginizi çekebilir, bunlara da bakın, foto galeri, video galeri, galeri, manşet, manşetler, en çok yorumlanan, trend, günün manşetleri, önerilen, ayrıca bakınız, son yorumlar, yazarın diğer, gazete manşetleri
    популярное, популярные, самое читаемое, самые читаемые, самое популярное, читаемое, читайте также, читать также, по теме, похожие, похожие новости, похожие материалы, материалы по теме, новости по теме, новости партнеров, партнеры, мнения, мнение, выбор редакции, рекомендуем, рекомендуемое, главное, главные новости, главная тема, новость дня, новость часа, тема дня, топ, топ новостей, топ новости, интервью, аналитика, фоторепортаж, галерея, колонки, блоги, спецпроекты, обсуждаемое, самое обсуждаемое, вам может быть интересно, смотрите также, интересное, важное, важные новости, актуально, комментарии, последние комментарии, сейчас читают, читают, ещё по теме, еще по теме, другие материалы, авторы, в фокусе, картина дня, новости сми2, лучшее, выбор читателей, читают сейчас, сюжеты, в тренде, анонсы
    популярне, популярні, популярні новини, найпопулярніше, найчитаніше, найпопулярніші, читайте також, читати також, дивіться також, за темою, за цією темою, схожі, схожі новини, схожі матеріали, думки, думка, вибір редакції, головне, головні новини, новина дня, топ новини, інтерв'ю, аналітика, блоги, обговорюване, рекомендуємо, вас може зацікавити, новини партнерів, вам може сподобатися, цікаве, важливе, актуально, зараз читають, коментарі, останні коментарі, спецпроєкти, спецпроекти, колонки, у тренді, тема дня, найбільш читані, топ, публікації, статті
    δημοφιλή, δημοφιλέστερα, πιο δημοφιλή, τα πιο δημοφιλή, διαβάστε επίσης, δείτε επίσης, διαβάστε ακόμα, διαβάστε ακόμη, διαβάζονται τώρα, διαβάστε, σχετικά, σχετικά άρθρα, σχετικές ειδήσεις, απόψεις, άποψη, επιλογές, επιλεγμένα, προτεινόμενα, αρθρογραφία, αρθρογράφοι, ο βίντεο, φωτογραφίες, συνεντεύξεις, σήμερα στο, τα πιο διαβασμένα, πιο διαβασμένα, μη χάσετε, trending now, σχόλια, editor's pick, blogs, πρωτοσέλιδα, περισσότερα από, must read, top stories
    ամենաընթերցված, ամենաընթերցվածը, ամենաշատ ընթերցված, ամենադիտված, կարդացեք նաև, կարդալ նաև, նաև, թեմայի վերաբերյալ, նմանատիպ, կարծիք, կարծիքներ, հարցազրույց, վերլուծություն, տեսանյութեր, տեսանյութ, լուսանկարներ, հանրաճանաչ, խմբագրի ընտրությունը, առնչվող լուրեր, գլխավոր, բլոգ, մեկնաբանություններ, առնչվող, տեսադարան, ամենաքննարկված
    eng kop oqilgan, eng ko'p o'qilgan, ko'p o'qilgan, kop oqilganlar, mashhur, ommabop, mavzuga oid, o'xshash, shuningdek, shuningdek oqing, o'qing, muharrir tanlovi, fikr, fikrlar, intervyu, tahlil, tavsiya, tavsiya etamiz, aloqador, dolzarb, asosiy yangiliklar, ko'p o'qilganlar, ko'p ko'rilgan, mavzu, izohlar, maqolalar
    энг кўп ўқилган, кўп ўқилган, кўп ўқилганлар, машҳур, оммабоп, мавзуга оид, ўхшаш, шунингдек, муҳаррир танлови, фикр, интервью, таҳлил, тавсия, долзарб, асосий янгиликлар, мақолалар, изоҳлар
    ყველაზე კითხვადი, პოპულარული, მსგავსი, ასევე წაიკითხეთ, танымал, көп оқылған, meistgelesen, les plus lus
    upcoming events, events calendar, what's on, calendar, most viewed, veranstaltungskalender, termine, nächste termine, agenda, próximos eventos, prossimi eventi
    yaklaşan etkinlikler, etkinlik takvimi, tədbirlər təqvimi, афиша, календарь событий, календарь мероприятий, афіша, календар подій, latest comments, recent comments
    am meisten gelesen, lesen sie auch, das könnte sie auch interessieren, ähnliche artikel, verwandte artikel, à lire aussi, sur le même sujet, lo más leído, más leídas, lo más visto
    noticias relacionadas, te puede interesar, mais lidas, leia também, veja também, più letti, più lette, leggi anche, najczęściej czytane, czytaj także, zobacz też
    cele mai citite, citește și, meest gelezen, lees ook, mest läst, mest lest, nejčtenější, legolvasottabb, đọc nhiều, đọc nhiều nhất, tin liên quan, xem nhiều
    الأكثر قراءة, اقرأ أيضا, الأكثر مشاهدة, הנקראות ביותר, 热门新闻, 热点排行, 相关新闻, 阅读排行, アクセスランキング, 関連記事, 人気記事, 많이 본 뉴스, 인기기사, 관련기사"""
)
# Words that turn a label into the heading of another list: "Popular news".
OTHER_WORDS = _keys(
    """popular, important, related, similar, featured, trending, viewed, commented, partners, sponsored, interesting, recommended, read, most
    populyar, oxunan, oxunanlar, baxılan, baxılanlar, oxşar, əlaqəli, bənzər, vacib, mühüm, seçilmiş, maraqlı, çox
    popüler, okunan, okunanlar, ilgili, benzer, önemli, önerilen, çok
    популярное, популярные, популярных, читаемое, читаемые, похожие, важные, важное, интересные, интересное, партнеров, теме, обсуждаемые, самые, самое
    популярні, популярне, схожі, важливі, цікаві, партнерів, темою, читані, найпопулярніші, обговорювані
    δημοφιλείς, δημοφιλή, σχετικές, σχετικά, διαβασμένα, σημαντικές, ընթերցված, ամենաընթերցված, կարեւոր, կարևոր, նմանատիպ, առնչվող
    mashhur, ommabop, muhim, oxshash, kop, oqilgan, машҳур, оммабоп, муҳим, ўхшаш, кўп, ўқилган, ўқилганлар"""
)
MORE = _keys(
    """σύνταξη, newsroom, haber merkezi, özel haber, redaksiya, editor, admin, newsroom, yayımlandı, üzerinde, redaktor, weather, exchange rates, currency rates, currency, poll, hava, valyuta məzənnələri, valyuta, hava proqnozu, sorğu, təqvim, xəbər axtar, hava durumu, döviz, piyasalar, piyasa, namaz vakitleri, puan durumu, anket, canlı borsa, spor toto, burçlar, курсы валют, курс валют, погода, опрос, календарь, курс нбу, опитування, календар, καιρός, ο καιρός, եղանակ, փոխարժեք, հարցում, օրացույց, valyuta kurslari, ob-havo, валюта курслари, валюта, об-ҳаво
    read more, read full, read on, continue reading, full story, details, more details, share, share this, share on facebook, print, print version, facebook, twitter, telegram, whatsapp, instagram, youtube, linkedin, vk, vkontakte, odnoklassniki, viber, pinterest, email, e mail, messenger, tiktok, x, tweet, rss, copy link, link copied, advertisement, ad, ads, advertising, loading, follow us, subscribe, login, log in, sign in, register, search, menu, home, homepage, contact, contacts, contact us, about, about us, close, up, top, back, photo, video, photos, videos, live, audio, in, new, previous, prev, first, materials, skip to content, follow us on google news, date, published, section, category, source, views, language
    paylaş, paylaşın, facebook da paylaş, facebookda paylaş, twitter da paylaş, çap et, çap, ətraflı, ətraflı oxu, ardını oxu, davamını oxu, oxu, reklam, reklam yeri, elan, ana səhifə, əsas səhifə, haqqımızda, əlaqə, bizimlə əlaqə, axtar, axtarış, giriş, qeydiyyat, menyu, abunə ol, şrift, kopyala, linki kopyala, foto, video, canlı, tarix, bölmə, kateqoriya, mənbə, oxunub, baxış, baxış sayı, şəkil, yüklənir, bağla, sayt haqqında, redaksiya, bizi izləyin, bizi facebook da izləyin, keçid linkləri, telegram kanalımıza abunə olun, xəbərlər, kanalımıza abunə olun, dil, yuxarı
    paylaş, tweetle, yazdır, devamını oku, haberin devamı, detaylar, detay, reklam, anasayfa, ana sayfa, hakkımızda, iletişim, künye, ara, giriş yap, üye ol, abone ol, takip et, favorilerim, kaydet, haberi paylaş, yorum yap, yorum yaz, canlı yayın, google news, bizi takip edin, yazı boyutu, kopyala, whatsapp, yükleniyor, kapat, menü, tarih, kategori, kaynak
    поделиться, поделиться в facebook, поделитесь, поделитесь новостью, распечатать, печать, версия для печати, читать далее, читать, читать полностью, подробнее, подробности, реклама, на правах рекламы, главная, на главную, о нас, о проекте, о компании, контакты, поиск, войти, вход, регистрация, меню, подписаться, подписаться на канал, рассылка, редакция, загрузка, скопировать ссылку, вконтакте, одноклассники, твиттер, фейсбук, телеграм, дзен, наверх, назад, закрыть, подписывайтесь на наш канал, подпишитесь на наш канал, фото, видео, дата, раздел, рубрика, источник, просмотры, версия для слабовидящих, новости, эфир, прямой эфир, рекламодателям, вакансии, обратная связь, материалы
    поділитися, поширити, надрукувати, друк, версія для друку, читати далі, читати, читати повністю, докладніше, детальніше, реклама, головна, на головну, про нас, про проект, контакти, пошук, увійти, вхід, реєстрація, меню, підписатися, редакція, завантаження, скопіювати посилання, фейсбук, твіттер, вгору, назад, закрити, підписуйтесь на наш канал, дата, розділ, рубрика, джерело, перегляди, новини, гороскоп, фото, відео
    κοινοποίηση, κοινοποιήστε, μοιραστείτε, εκτύπωση, διαβάστε περισσότερα, συνέχεια, διαφήμιση, αρχική, αρχικη, επικοινωνία, σχετικά με εμάς, ποιοι είμαστε, αναζήτηση, σύνδεση, εγγραφή, μενού, ακολουθήστε μας, ακολουθήστε μας στο google news, φόρτωση, κλείσιμο, ημερομηνία, κατηγορία, πηγή, newsletter
    կիսվել, տպել, կարդալ ավելին, մանրամասն, գովազդ, գլխավոր էջ, գլխավոր, մեր մասին, կապ, հետադարձ կապ, որոնում, մուտք, գրանցում, մենյու, բաժանորդագրվել, հետևեք մեզ, ամսաթիվ, բաժին, աղբյուր, փնտրել
    ulashish, chop etish, batafsil, oʻqish, davomini oqish, reklama, bosh sahifa, asosiy sahifa, biz haqimizda, aloqa, bog'lanish, qidiruv, kirish, menyu, obuna boling, kanalimizga obuna bo'ling, sana, bo'lim, manba, tahririyat
    улашиш, чоп этиш, батафсил, реклама, бош саҳифа, биз ҳақимизда, алоқа, қидирув, кириш, меню, обуна бўлинг, сана, бўлим, манба
    გაზიარება, დაწვრილებით, რეკლამა, მთავარი, კონტაქტი, бөлісу, толығырақ, жарнама, басты бет
    weiterlesen, mehr lesen, mehr erfahren, zum artikel, lire la suite, en savoir plus, leer más, seguir leyendo, más información, saber más, leia mais, ler mais, saiba mais
    leggi tutto, leggi di più, continua a leggere, czytaj więcej, czytaj dalej, citește mai mult, citește mai departe, lees meer, lees verder, läs mer, les mer, læs mere
    číst dále, celý článek, tovább, bővebben, xem thêm, chi tiết, اقرأ المزيد, المزيد, קרא עוד, 阅读全文, 查看详情, 続きを読む, 詳しく見る, 자세히 보기"""
)
# A line that begins with one of these is furniture, whatever follows.
MORE_BEGINNINGS = _by_first_word(
    _keys(
        """dear user, dear reader, dear readers, hörmətli oxucu, hörmətli oxucular, уважаемые читатели, уважаемый читатель, шановні читачі, değerli okurlar, read also, read more, see also, read in english, read this in, also read, follow us, subscribe to, join us, share on, share this, listen to, photo by, image, click here, watch the video, sign up
        həmçinin oxuyun, bizi izləyin, abunə olun, facebook da, bizi facebook, bizim telegram, telegram kanalımız, whatsapp kanalımız, xəbərləri telegram, paylaş
        bizi takip, abone ol, google newste, haberi paylaş, ayrıca oku
        читайте также, читать также, смотрите также, подписывайтесь, подпишитесь, следите за, поделиться, наш телеграм, мы в telegram, наш канал, узнавайте новости, оставайтесь с нами
        читать новость на, читать на, читать этот материал на, читати новину, читайте на, также в выпуске, також у випуску
        читайте також, дивіться також, підписуйтесь, підписуйтеся, підпишіться, стежте за, слідкуйте за, поділитися, наш телеграм, читайте нас
        διαβάστε επίσης, δείτε επίσης, ακολουθήστε, διαβάστε ακόμα, διαβάστε περισσότερα
        կարդացեք նաև, հետևեք մեզ, բաժանորդագրվեք, shuningdek oqing, shuningdek o'qing, kanalimizga, bizni kuzating, каналимизга, бизни кузатинг
        το άρθρο συνεχίζει μετά την διαφήμιση, το άρθρο συνεχίζεται μετά τη διαφήμιση, article continues below
        продолжение после рекламы, haber devam ediyor"""
    )
)
STOP_BEGINNINGS = _by_first_word(
    _keys(
        """tags, tag, keywords, comments, leave a comment, add comment, copyright, all rights reserved, related tags, terms of use, privacy policy, reproduction
        açar sözlər, teqlər, etiketlər, teq, şərhlər, şərh yaz, şərh yazın, şərh əlavə et, bütün hüquqlar, müəllif hüquqları, saytdakı materiallar, məlumatdan istifadə, rəy yaz, materiallardan istifadə, şərhlərşərh yaz
        etiketler, etiket, yorumlar, yorum yaz, tüm hakları, tüm hakları saklıdır, bu habere yorum, kaynak göstermeden
        теги, тэги, ключевые слова, комментарии, оставить комментарий, добавить комментарий, все права, копирование материалов, перепечатка, при использовании материалов, воспроизведение, метки, использование материалов
        теги, ключові слова, коментарі, залишити коментар, додати коментар, всі права, усі права, передрук, при використанні матеріалів, копіювання матеріалів, мітки, використання матеріалів
        ετικέτες, tags, σχόλια, αφήστε σχόλιο, με επιφύλαξη, απαγορεύεται η αναδημοσίευση, όροι χρήσης, πολιτική απορρήτου
        պիտակներ, թեգեր, մեկնաբանություններ, բոլոր իրավունքները, հեղինակային իրավունք
        teglar, izohlar, izoh qoldirish, barcha huquqlar, теглар, изоҳлар, изоҳ қолдириш, барча ҳуқуқлар, ყველა უფლება"""
    )
)
SHOW = _keys(
    "show, hide, open, close, view, göstər, gizlət, göster, gizle, показать, скрыть, открыть, показати, сховати, приховати"
    ", εμφάνιση, απόκρυψη, ցույց տալ, թաքցնել, kursatish, кўрсатиш"
)
COUNTED = _keys(
    """k, к, m, м, views, view, reads, read, comments, comment, shares, hits, visits, oxunub, oxunma, baxış, baxılıb, baxış sayı, oxunma sayı, şərh, rəy, oxunuş, izləmə
    okunma, görüntülenme, yorum, görüntüleme, okundu, kez okundu, paylaşım, izlenme, просмотров, просмотра, просмотр, просмотры, прочтений, комментариев, комментария, комментарий, прочитано, прочитали, комментарии
    переглядів, перегляди, перегляд, перегляда, коментарів, коментарі, коментар, прочитань, προβολές, σχόλια, σχόλιο, αναγνώσεις, κοινοποιήσεις, դիտում, դիտումներ, մեկնաբանություն, ընթերցում, է, դիտվել
    korildi, ko'rildi, marta, koʻrishlar, korishlar, ko'rishlar, izoh, кўрилди, кўришлар, изоҳ, марта, нахвил, ნახვა, қаралды, sayı, է, eye, gray, page, pages, səhifə, sayfa, страница, страницы, сторінка, сторінки, σελίδα, sahifa, саҳифа, of, из, з, kez, dəfə, раз, разів, min read, мин, dəq, dk okuma"""
)
COUNTED_STEMS = tuple(
    sorted(
        _keys(
            """комент, коммент, перегляд, просмотр, прсм, прочт, baxış, oxu, şərh, yorum, okun, görünt, προβολ, σχόλ, διαβ, դիտ, մեկնաբ
            ko'ri, izoh, кўри, изоҳ, қарал, ნახ"""
        )
    )
)
AUTHORS = _keys(
    """author, by, written by, reporter, correspondent, text, text by, müəllif, müxbir, yazar, yazan, yazdı, muhabir, editör, автор, текст, от, від, корреспондент, авторы, подготовил, подготовила
    автор статті, автори, підготував, підготувала, συντάκτης, συντάκτρια, του, της, γράφει, γράφει ο, γράφει η, επιμέλεια, հեղինակ, muallif, муаллиф, ავტორი, авторы, haber, haberi hazırlayan"""
)
AUTHORS_ALONE = AUTHORS - _keys("by, text, текст, от, від, του, της, haber")
ROLES = (
    "editoru",
    "muhabiri",
    "muxbiri",
    "redaktoru",
    "корреспондент",
    "обозреватель",
    "кореспондент",
    "correspondent",
)
SECTION_KEYS = _keys(
    "section, category, rubric, bölmə, kateqoriya, rubrika, kategori, bölüm, раздел, рубрика, категория, розділ, рубрика, категорія, κατηγορία, ενότητα, в, in, բաժին, bo'lim, turkum, бўлим, рукн, кат"
)
DATE_KEYS = _keys(
    """upd, update, yayın tarihi, καταχωρήθηκε, date, published, posted, updated, publication date, last updated, last update, updated on, published on, posted on, added, modified, created, time
    tarix, dərc edilib, dərc olunub, yenilənib, yeniləndi, yayımlanıb, əlavə olunub, vaxt, dərc tarixi, saat, son yenilənmə
    tarih, yayın, yayınlanma, yayınlanma tarihi, yayın tarihi, güncelleme, güncelleme tarihi, son güncelleme, güncellendi, giriş, giriş tarihi, oluşturulma tarihi, eklenme, eklenme tarihi, yayımlanma, haber giriş, haber giriş tarihi, yayınlandı
    дата, опубликовано, обновлено, дата публикации, размещено, добавлено, время, создано, изменено
    опубліковано, оновлено, дата публікації, розміщено, додано, час
    δημοσίευση, δημοσιεύτηκε, δημοσιεύθηκε, ενημέρωση, ενημερώθηκε, τελευταία ενημέρωση, ημερομηνία, ημ δημοσίευσης, ανανεώθηκε, ημερομηνία δημοσίευσης
    ամսաթիվ, հրապարակվել է, հրապարակված է, թարմացվել է, թարմացված, sana, chop etilgan, yangilangan, eʼlon qilingan, e'lon qilindi, сана, эълон қилинган, янгиланган
    veröffentlicht, veröffentlicht am, erschienen am, aktualisiert, aktualisiert am, zuletzt aktualisiert, stand, vom, publié, publié le, mis à jour, mis à jour le, mise à jour, modifié le
    publicado, publicado el, publicado em, actualizado, actualizado el, atualizado, atualizado em, fecha, data, pubblicato, pubblicato il, data di pubblicazione, aggiornato, aggiornato il
    opublikowano, data publikacji, zaktualizowano, publicat, publicat la, actualizat, actualizat la, gepubliceerd, gepubliceerd op, bijgewerkt, bijgewerkt op, publicerad, uppdaterad, publiceret
    publikováno, aktualizováno, ngày đăng, cập nhật, تاريخ النشر, نشر في, آخر تحديث, פורסם, עודכן, 发布时间, 发布日期, 时间, 更新时间, 公開日, 更新日, 投稿日, 등록일, 작성일, 입력, 수정"""
)
UPDATE_KEYS = _keys(
    """upd, update, updated, updated on, last updated, last update, modified, yenilənib, yeniləndi, son yenilənmə, güncelleme, güncelleme tarihi
    son güncelleme, güncellendi, обновлено, изменено, оновлено, ενημέρωση, ενημερώθηκε, τελευταία ενημέρωση, ανανεώθηκε, թարմացվել է, yangilangan, янгиланган
    aktualisiert, aktualisiert am, zuletzt aktualisiert, mis à jour, mis à jour le, mise à jour, modifié le, actualizado, actualizado el, atualizado, atualizado em, aggiornato, aggiornato il
    zaktualizowano, actualizat, actualizat la, bijgewerkt, bijgewerkt op, uppdaterad, aktualizováno, cập nhật, آخر تحديث, עודכן, 更新时间, 更新日, 수정"""
)
# Words of sections that open many sites' menus: a short line of one is no headline.
SECTIONS = _keys(
    """news, xəbərlər, haberler, լուրեր, yangiliklar, янгиликлар, transport, oil & gas, oil and gas, tech & science, nəqliyyat, транспорт, энергетика, ulaşım, politics, political, public, cultural, economic, regional, programs, investigation, economy, economics, society, culture, sport, sports, world, business, science, technology, tech, health, incident, incidents, region, regions, events, education, energy, travel, lifestyle, entertainment, finance, army, military, karabakh, international, local, opinion, interview, analysis, analytics, official, accidents, tourism, art, arts, nation, region news, diaspora, ict, law, security, environment
    siyasət, iqtisadiyyat, cəmiyyət, mədəniyyət, idman, dünya, hadisə, kriminal, müsahibə, elm, təhsil, səhiyyə, region, sosial, şou biznes, şoubiznes, texnologiya, ordu, qarabağ, gündəm, ekologiya, turizm, maliyyə, biznes, din, media, ailə, sağlamlıq, elm və təhsil, parlament, rəsmi, hüquq, ədəbiyyat, analitika, aktual, planet, özəl, layihə, maqazin, avto, karusel, müharibə, türk dünyası, ölkə, digər, əsas
    gündem, siyaset, ekonomi, dünya, spor, yaşam, sağlık, eğitim, kültür sanat, kültür, magazin, teknoloji, bilim, asayiş, yerel, son dakika, turizm, çevre, otomobil, güncel, politika, genel, medya, tarım, emlak, televizyon
    политика, экономика, общество, культура, спорт, в мире, мир, наука, технологии, происшествия, регионы, регион, здоровье, бизнес, финансы, образование, криминал, шоу бизнес, туризм, армия, экология, интервью, аналитика, статьи, медиа, авто, недвижимость, власть, город, право, медицина, энергетика, новости дня, карабах, безопасность, события, россия, азербайджан, узбекистан, армения, украина, турция, в стране, в регионе, наука и техника, новости
    політика, економіка, суспільство, спорт, світ, у світі, події, здоров'я, технології, освіта, кримінал, регіони, регіон, війна, україна, новини, культура, наука, шоу бізнес, фінанси, бізнес, надзвичайні події, життя, київ, одеса, стиль життя
    πολιτική, οικονομία, κοινωνία, πολιτισμός, κόσμος, ελλάδα, αθλητικά, αθλητισμός, υγεία, τεχνολογία, επιστήμη, περιβάλλον, διεθνή, τοπικά, τοπικα, παιδεία, μπάσκετ, ποδόσφαιρο, media, lifestyle, life, ειδήσεις, αγορά, εργασία, εκπαίδευση, τουρισμός, απόψεις, κύπρος, business, αστυνομικά, αυτοκίνητο, καιρός
    քաղաքականություն, տնտեսություն, հասարակություն, մշակույթ, սպորտ, աշխարհ, միջազգային, արցախ, իրավունք, կրթություն, առողջություն, գիտություն, տարածաշրջան, վերլուծական, վերլուծություն, հայաստան, բանակ, պատահարներ, սփյուռք, իրադարձություններ, շոու բիզնես
    siyosat, iqtisodiyot, jamiyat, madaniyat, sport, jahon, dunyo, fan, texnologiya, ta'lim, tibbiyot, o'zbekiston, sog'liq, fan va texnika, moliya, biznes, hodisa, turizm, hududlar, salomatlik
    сиёсат, иқтисодиёт, жамият, маданият, жаҳон, дунё, фан, технология, таълим, тиббиёт, ўзбекистон, ҳодиса, молия, саломатлик, фан ва техника"""
)

# All that a label may be made of.
IN_LABELS = NEWS | WHICH | SECTIONS
# Languages as pages name them where one can be chosen, and the letter whose size can be.
SWITCHES = _keys(
    "az, aze, azə, ru, rus, ruс, en, eng, tr, u, uk, ur, ukr, ua, рус, укр, англ, հայ, am, hy, uz, ўз, o'z, ελ, el, gr, ge, қаз, kz, fa, ar, de, fr, a"
)
# What rates are given of.
PRICED = _keys("usd, eur, rub, gbp, try, azn, uzs, uah, amd, kzt, gel, dolar, euro, altin, bist")
# What a line begins with that names the maker of a picture, or where the news comes from.
CREDITS = _keys(
    "photo, photos, photo by, photo credit, image, picture, illustration, foto, fotoğraf, şəkil, фото, фотограф, иллюстрация"
    ", світлина, ілюстрація, φωτο, φωτογραφία, φωτογραφίες, լուսանկար, լուսանկարը, ֆոտո, rasm, сурат, расм, ფოტო"
    ", source, via, mənbə, kaynak, источник, джерело, πηγή, աղբյուր, աղբյուրը, manba, манба, წყარო"
)
# With what an entry of a menu can begin: most lines are headlines and begin otherwise.
CLOSINGS = frozenset(phrase.split()[-1] for phrase in MORE)
OPENINGS = frozenset(phrase.split()[0] for phrase in SECTIONS | MORE | OTHERS | LABELS | NEWS | WHICH)
HOMES = _keys(
    "home, ana səhifə, əsas səhifə, anasayfa, ana sayfa, главная, головна, αρχική, գլխավոր, bosh sahifa, asosiy, бош саҳифа, მთავარი, басты бет"
)
MATERIALS = _keys("materials, materiallar, материалы, матеріали")
RIGHTS = tuple(
    sorted(
        _keys(
            """all rights reserved, bütün hüquqlar, bütün hüquqları, все права, всі права, усі права, tüm hakları, tüm hakkı
            բոլոր իրավունքները, barcha huquqlar, барча ҳуқуқлар, με επιφύλαξη"""
        )
    )
)
