"""Words of the trust page. French, Arabic and Hindi are drafted translations: each needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

from __future__ import annotations

LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية", "hi": "हिन्दी"}
"""Code -> the language's own name."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "languages": "Languages",
        "title": "Let this phone trust this office",
        "why": "The counter app works all day without a network. For that, phones ask for a secure connection to this office. It takes two minutes, once.",
        "download": "1. Download the certificate",
        "android.name": "2. On Android",
        "android": "Open Settings and search for “CA certificate”. | Choose “Install anyway” and pick the file evenhand-authority.crt from Downloads. | Settings then shows “Evenhand, this office only” under “User certificates”.",
        "iphone.name": "2. On iPhone and iPad",
        "iphone": "After downloading, open Settings: “Profile Downloaded” is near the top. Install it. | Then Settings, General, About, Certificate Trust Settings: switch on “Evenhand, this office only”.",
        "computer.name": "2. On a computer",
        "computer": "In the browser's settings search for “certificates”. | Import the file under “Authorities” and allow it to identify websites.",
        "compare": "3. Compare",
        "compare.text": "The phone shows the certificate's SHA-256 fingerprint. It must be the one below, and the one on the office's screen:",
        "then": "4. Open the counter",
        "open": "Open the counter app",
        "without": "Without this step the app cannot be installed, cannot work offline and cannot sign receipts: the browser refuses, and says “not secure”. The certificate speaks for local names and private addresses only; it cannot read anything else you do.",
    },
    "fr": {
        "languages": "Langues",
        "title": "Faire confiance à ce bureau depuis ce téléphone",
        "why": "L'application du guichet fonctionne toute la journée sans réseau. Pour cela, le téléphone demande une connexion sûre avec ce bureau. Deux minutes, une seule fois.",
        "download": "1. Télécharger le certificat",
        "android.name": "2. Sur Android",
        "android": "Ouvrez les Paramètres et cherchez « certificat CA ». | Choisissez « Installer quand même », puis le fichier evenhand-authority.crt dans Téléchargements. | Les Paramètres montrent alors « Evenhand, this office only » sous « Certificats utilisateur ».",
        "iphone.name": "2. Sur iPhone et iPad",
        "iphone": "Après le téléchargement, ouvrez Réglages : « Profil téléchargé » est en haut. Installez-le. | Puis Réglages, Général, Informations, Réglages de confiance des certificats : activez « Evenhand, this office only ».",
        "computer.name": "2. Sur un ordinateur",
        "computer": "Dans les réglages du navigateur, cherchez « certificats ». | Importez le fichier sous « Autorités » et autorisez-le à identifier des sites.",
        "compare": "3. Comparer",
        "compare.text": "Le téléphone montre l'empreinte SHA-256 du certificat. Elle doit être celle-ci, et celle de l'écran du bureau :",
        "then": "4. Ouvrir le guichet",
        "open": "Ouvrir l'application du guichet",
        "without": "Sans cette étape, l'application ne peut pas être installée, ni marcher hors ligne, ni signer de reçus : le navigateur refuse et affiche « non sécurisé ». Le certificat ne vaut que pour des noms locaux et des adresses privées ; il ne permet de lire rien d'autre.",
    },
    "ar": {
        "languages": "اللغات",
        "title": "اجعل هذا الهاتف يثق بهذا المكتب",
        "why": "يعمل تطبيق نقطة التوزيع طوال اليوم بلا شبكة. لذلك يطلب الهاتف اتصالًا آمنًا بهذا المكتب. دقيقتان، مرة واحدة فقط.",
        "download": "1. نزّل الشهادة",
        "android.name": "2. على أندرويد",
        "android": "افتح الإعدادات وابحث عن «شهادة CA». | اختر «التثبيت على أي حال» ثم الملف evenhand-authority.crt من التنزيلات. | تظهر بعدها «Evenhand, this office only» ضمن «شهادات المستخدم».",
        "iphone.name": "2. على آيفون وآيباد",
        "iphone": "بعد التنزيل افتح الإعدادات: «تم تنزيل ملف التعريف» في الأعلى. ثبّته. | ثم الإعدادات، عام، حول، إعدادات الثقة بالشهادات: فعّل «Evenhand, this office only».",
        "computer.name": "2. على الحاسوب",
        "computer": "ابحث في إعدادات المتصفح عن «الشهادات». | استورد الملف ضمن «السلطات» واسمح له بتعريف المواقع.",
        "compare": "3. قارن",
        "compare.text": "يعرض الهاتف بصمة SHA-256 للشهادة. يجب أن تطابق هذه، والتي على شاشة المكتب:",
        "then": "4. افتح نقطة التوزيع",
        "open": "افتح تطبيق نقطة التوزيع",
        "without": "بدون هذه الخطوة لا يمكن تثبيت التطبيق ولا العمل بلا شبكة ولا توقيع الإيصالات: يرفض المتصفح ويقول «غير آمن». الشهادة صالحة للأسماء المحلية والعناوين الخاصة فقط، ولا تتيح قراءة أي شيء آخر.",
    },
    "hi": {
        "languages": "भाषाएँ",
        "title": "इस फ़ोन को इस कार्यालय पर भरोसा करने दें",
        "why": "वितरण ऐप पूरे दिन बिना नेटवर्क के चलता है। इसके लिए फ़ोन इस कार्यालय से सुरक्षित संपर्क माँगता है। बस दो मिनट, एक बार।",
        "download": "1. प्रमाणपत्र डाउनलोड करें",
        "android.name": "2. एंड्रॉइड पर",
        "android": "सेटिंग खोलें और “CA प्रमाणपत्र” खोजें। | “फिर भी इंस्टॉल करें” चुनें और डाउनलोड से evenhand-authority.crt चुनें। | अब “उपयोगकर्ता प्रमाणपत्र” में “Evenhand, this office only” दिखेगा।",
        "iphone.name": "2. आईफ़ोन और आईपैड पर",
        "iphone": "डाउनलोड के बाद सेटिंग खोलें: ऊपर “प्रोफ़ाइल डाउनलोड हुई” दिखेगा। इसे इंस्टॉल करें। | फिर सेटिंग, सामान्य, परिचय, प्रमाणपत्र भरोसा सेटिंग: “Evenhand, this office only” चालू करें।",
        "computer.name": "2. कंप्यूटर पर",
        "computer": "ब्राउज़र की सेटिंग में “प्रमाणपत्र” खोजें। | फ़ाइल को “प्राधिकरण” में आयात करें और वेबसाइटों की पहचान की अनुमति दें।",
        "compare": "3. मिलाएँ",
        "compare.text": "फ़ोन प्रमाणपत्र का SHA-256 निशान दिखाता है। वह यही होना चाहिए, और वही जो कार्यालय की स्क्रीन पर है:",
        "then": "4. वितरण ऐप खोलें",
        "open": "वितरण ऐप खोलें",
        "without": "इसके बिना ऐप इंस्टॉल नहीं होगा, बिना नेटवर्क नहीं चलेगा और रसीद पर हस्ताक्षर नहीं कर सकेगा: ब्राउज़र मना करता है और “असुरक्षित” कहता है। प्रमाणपत्र केवल स्थानीय नामों और निजी पतों के लिए है; इससे और कुछ पढ़ा नहीं जा सकता।",
    },
}
