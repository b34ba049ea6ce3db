import { faker as english } from '@faker-js/faker/locale/en';
import { faker as bengali } from '@faker-js/faker/locale/bn_BD';

/** Words that products and reviews are put together from. Drawn from faker once: a call for each row would be too slow. */
export interface Vocabulary {
  readonly brands: readonly string[];
  readonly adjectives: readonly string[];
  readonly materials: readonly string[];
  readonly colours: readonly string[];
  readonly people: readonly string[];
}

const many = (count: number, make: () => string): string[] => [
  ...new Set(Array.from({ length: count }, make)),
];

export function vocabulary(seed: number): Vocabulary {
  english.seed(seed);
  bengali.seed(seed);
  return {
    brands: many(150, () => english.company.name().split(/[ ,-]/)[0] ?? ''),
    adjectives: many(300, () => english.commerce.productAdjective()),
    materials: many(300, () => english.commerce.productMaterial()),
    colours: many(200, () => english.color.human()),
    people: [...many(600, () => english.person.fullName()), ...many(300, () => bengali.person.fullName())],
  };
}

/** `{noun}` and `{colour}` are the product's own. */
export const englishSentences = [
  'A {noun} made for everyday use, with a finish that lasts.',
  'This {noun} comes in {colour} and a few other colours while stocks last.',
  'Carefully packed and delivered anywhere in Bangladesh within three days.',
  'Our buyers tested every {noun} of this batch by hand.',
  'Light, sturdy and easy to clean.',
  'A favourite gift for Eid, Puja and weddings.',
  'The {colour} shade looks the same in daylight as in the pictures.',
  'Seven days easy return if the {noun} is not what you expected.',
  'Designed in Dhaka, made with care by local workshops.',
  'Better value than a {noun} of a big brand, with the same quality.',
  'Now with improved materials and a softer touch.',
  'The best-selling {noun} of our last season is back.',
  'Suitable for the office, for travelling and at home.',
  'Please check the measurements before you order this {noun}.',
  'Cash on delivery is available for this {noun}.',
  'Each {noun} carries the official warranty of its maker.',
];

export const bengaliAdjectives = [
  'সুন্দর',
  'আরামদায়ক',
  'নতুন',
  'ঐতিহ্যবাহী',
  'প্রিমিয়াম',
  'হালকা',
  'টেকসই',
  'দেশি',
  'উৎসবের',
  'খাঁটি',
];
export const bengaliColours = ['লাল', 'নীল', 'সবুজ', 'সাদা', 'কালো', 'হলুদ', 'গোলাপি', 'মেরুন'];
export const bengaliSentences = [
  'দেশীয় কারিগরের হাতে তৈরি, মানে আপসহীন।',
  'প্রতিদিনের ব্যবহারের জন্য আরামদায়ক ও টেকসই।',
  'উৎসব কিংবা উপহার, দুটোতেই মানানসই।',
  'ঢাকার বাইরেও দ্রুত ডেলিভারি দেওয়া হয়।',
  'রঙ উঠবে না, সহজে ধোয়া যায়।',
  'সীমিত সংখ্যক পণ্য, স্টক শেষ হওয়ার আগেই অর্ডার করুন।',
];

/** Title and body by stars. */
export const opinions: readonly (readonly (readonly [string, string])[])[] = [
  [
    ['Disappointed', 'It broke within a week and nobody answered my mails.'],
    ['খুব খারাপ', 'ছবির সাথে কোনো মিল নেই, ফেরত দিতে চাই।'],
  ],
  [
    ['Not what I expected', 'The colour differs from the picture and the size runs small.'],
    ['মান ভালো না', 'দামের তুলনায় মান আরও ভালো হওয়া উচিত ছিল।'],
  ],
  [
    ['It is all right', 'Does what it should, nothing more. Delivery took nine days.'],
    ['মোটামুটি', 'চলে, তবে প্যাকেজিং ভালো ছিল না।'],
  ],
  [
    ['Good value', 'Good quality for the price, I would buy it again.'],
    ['বেশ ভালো', 'ভালো লেগেছে, কাপড়টা আরামদায়ক।'],
    ['Happy with it', 'Arrived in Chattogram after two days, well packed.'],
  ],
  [
    ['Excellent', 'Exactly as described. My family loves it.'],
    ['অসাধারণ', 'খুবই সুন্দর, সবাইকে কেনার পরামর্শ দিচ্ছি।'],
    ['Perfect', 'Great quality and fast delivery, thank you!'],
  ],
];
