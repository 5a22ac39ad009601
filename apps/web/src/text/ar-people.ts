import type { enPeople } from "./en-people.ts";

export const arPeople: Record<keyof typeof enPeople, string> = {
  "block.body": "لن يصلك شيء بعد الآن من هذا الشخص، وتتوقف المتابعة بينكما. ولن يُخبَر بذلك.",
  "block.title": "حظر {name}؟",

  "follows.followers": "متابعو \u2066@{username}\u2069",
  "follows.followersNone": "لا متابعين بعد",
  "follows.followersNoneBody": "سيظهر هنا كل من يتابع هذا الشخص.",
  "follows.following": "من يتابعهم \u2066@{username}\u2069",
  "follows.followingNone": "لا يتابع أحدًا بعد",
  "follows.followingNoneBody": "ابحث عن الأشخاص بالاسم أو باسم المستخدم، وتابع من تعجبك صورهم.",

  "people.block": "حظر",
  "people.follow": "متابعة",
  "people.followBack": "رد المتابعة",
  "people.message": "مراسلة",
  "people.nobody": "حساب محذوف",
  "people.nobodyHere": "لا أحد هنا باسم \u2066@{username}\u2069",
  "people.nobodyHereBody": "ربما تغيّر الاسم. ابحث عن الشخص باسمه بدلًا من ذلك.",
  "people.unblock": "رفع الحظر",
  "people.unfollow": "إلغاء المتابعة",
  "people.viewProfile": "عرض الملف الشخصي",

  "presence.lastSeen": "آخر ظهور {when}",
  "presence.online": "متصل الآن",

  "profile.badLink": "يبدأ الرابط بـ https:// ويذكر اسم موقع.",
  "profile.bio": "نبذة عنك",
  "profile.bioHint":
    "{left, plural, zero {لم يبق أي حرف} one {بقي حرف واحد} two {بقي حرفان} few {بقيت # أحرف} many {بقي # حرفًا} other {بقي # حرف}}",
  "profile.choosePicture": "اختيار صورة",
  "profile.copyLink": "نسخ رابط الملف الشخصي",
  "profile.edit": "تعديل الملف الشخصي",
  "profile.followers":
    "{count, plural, zero {متابع} one {متابع} two {متابعان} few {متابعين} many {متابعًا} other {متابع}}",
  "profile.following": "يتابعهم",
  "profile.links": "الروابط",
  "profile.linksHint": "رابط في كل سطر، {most, number} على الأكثر",
  "profile.menu": "قائمة الملف الشخصي",
  "profile.mine": "ملفي الشخصي",
  "profile.name": "الاسم",
  "profile.nameEmpty": "الاسم مطلوب.",
  "profile.pictureHint": "تظهر على شكل دائرة، وتُحفظ فور اختيارها.",
  "profile.removePicture": "إزالة",
  "profile.tooLong": "{most, number} حرفًا على الأكثر.",
  "profile.tooManyLinks": "{most, number} روابط على الأكثر.",

  "relation.blocked": "محظور",
  "relation.following": "تتابعه",
  "relation.followsYou": "يتابعك",
  "relation.friends": "صديق",

  "share.action": "مشاركة في رسالة",
  "share.done":
    "{count, plural, zero {تمت المشاركة} one {تمت المشاركة} two {تمت المشاركة في محادثتين} few {تمت المشاركة في # محادثات} many {تمت المشاركة في # محادثة} other {تمت المشاركة في # محادثة}}",
  "share.title": "مشاركة ملف {name}",

  "unfollow.body": "ستتوقف متابعتك لـ {name}. ولن يصل إشعار بذلك.",
  "unfollow.friendsBody": "لن تبقى أنت و{name} صديقين. وإن كان أحدكما يستقبل الرسائل من الأصدقاء فقط، تُغلق المحادثة.",
  "unfollow.title": "إلغاء متابعة {name}؟",
};
