/** A category that holds products: what they are called, in English and Bengali, and about what they cost (taka). */
interface Leaf {
  readonly name: string;
  readonly nouns: readonly string[];
  readonly bengali: readonly string[];
  readonly price: number;
}

interface Branch {
  readonly name: string;
  readonly leaves: readonly Leaf[];
}

interface Root {
  readonly name: string;
  /** Materials name clothes and furniture, not telephones. */
  readonly materials: boolean;
  readonly branches: readonly Branch[];
}

const leaf = (name: string, price: number, nouns: string, bengali: string): Leaf => ({
  name,
  price,
  nouns: nouns.split(', '),
  bengali: bengali.split(', '),
});

/** 6 roots, 18 branches, 36 leaves: the 60 categories of the default catalogue. */
export const taxonomy: readonly Root[] = [
  {
    name: "Women's Fashion",
    materials: true,
    branches: [
      {
        name: "Women's Ethnic Wear",
        leaves: [
          leaf(
            'Sarees',
            2400,
            'Saree, Jamdani Saree, Half Silk Saree, Printed Saree',
            'শাড়ি, জামদানি শাড়ি, তাঁতের শাড়ি, কাতান শাড়ি',
          ),
          leaf(
            'Salwar Kameez',
            1800,
            'Three Piece, Kurti, Kameez Set, Anarkali',
            'থ্রি পিস, কুর্তি, সালোয়ার কামিজ',
          ),
        ],
      },
      {
        name: "Women's Western Wear",
        leaves: [
          leaf('Tops', 900, 'Top, Blouse, T-Shirt, Tunic', 'টপস, ব্লাউজ, টি-শার্ট'),
          leaf('Dresses', 1600, 'Dress, Maxi Dress, Gown', 'ড্রেস, গাউন'),
        ],
      },
      {
        name: 'Bags and Jewellery',
        leaves: [
          leaf('Handbags', 1700, 'Handbag, Tote Bag, Clutch, Shoulder Bag', 'হাতব্যাগ, কাঁধের ব্যাগ'),
          leaf(
            'Jewellery',
            1200,
            'Necklace, Earrings, Bangle Set, Ring',
            'গলার হার, কানের দুল, চুড়ি সেট, আংটি',
          ),
        ],
      },
    ],
  },
  {
    name: "Men's Fashion",
    materials: true,
    branches: [
      {
        name: "Men's Ethnic Wear",
        leaves: [
          leaf('Panjabi', 1900, 'Panjabi, Kabli Set, Fatua', 'পাঞ্জাবি, কাবলি সেট, ফতুয়া'),
          leaf('Lungi and Pajama', 600, 'Lungi, Pajama', 'লুঙ্গি, পাজামা'),
        ],
      },
      {
        name: "Men's Western Wear",
        leaves: [
          leaf('Shirts', 1300, 'Shirt, Polo Shirt, T-Shirt', 'শার্ট, পোলো শার্ট, টি-শার্ট'),
          leaf('Trousers', 1500, 'Chinos, Jeans, Trousers', 'প্যান্ট, জিন্স'),
        ],
      },
      {
        name: 'Footwear',
        leaves: [
          leaf('Shoes', 2800, 'Sneakers, Loafers, Oxford Shoes, Running Shoes', 'জুতা, কেডস'),
          leaf('Sandals', 900, 'Sandals, Slippers, Flip-Flops', 'স্যান্ডেল, চপ্পল'),
        ],
      },
    ],
  },
  {
    name: 'Electronics',
    materials: false,
    branches: [
      {
        name: 'Phones and Tablets',
        leaves: [
          leaf('Smartphones', 24000, 'Smartphone, 5G Smartphone', 'স্মার্টফোন, ৫জি স্মার্টফোন'),
          leaf(
            'Phone Accessories',
            600,
            'Charger, Power Bank, USB-C Cable, Phone Case',
            'চার্জার, পাওয়ার ব্যাংক, ফোন কভার',
          ),
        ],
      },
      {
        name: 'Computers',
        leaves: [
          leaf('Laptops', 68000, 'Laptop, Ultrabook, Gaming Laptop', 'ল্যাপটপ'),
          leaf('Computer Accessories', 1400, 'Keyboard, Mouse, Webcam, SSD', 'কিবোর্ড, মাউস'),
        ],
      },
      {
        name: 'TV and Audio',
        leaves: [
          leaf('Televisions', 42000, 'TV, 4K TV, Smart TV, QLED TV', 'টিভি, স্মার্ট টিভি'),
          leaf('Headphones', 2200, 'Headphones, Earbuds, Bluetooth Speaker', 'হেডফোন, ব্লুটুথ স্পিকার'),
        ],
      },
    ],
  },
  {
    name: 'Home and Living',
    materials: true,
    branches: [
      {
        name: 'Kitchen',
        leaves: [
          leaf('Cookware', 1900, 'Pan, Pressure Cooker, Pot Set, Wok', 'কড়াই, প্রেসার কুকার, হাঁড়ি সেট'),
          leaf('Tableware', 1100, 'Plate Set, Mug, Bowl Set, Tea Set', 'প্লেট সেট, মগ, চায়ের কাপ সেট'),
        ],
      },
      {
        name: 'Furniture',
        leaves: [
          leaf('Chairs', 5200, 'Chair, Office Chair, Stool', 'চেয়ার, টুল'),
          leaf('Tables', 7800, 'Table, Desk, Coffee Table', 'টেবিল, পড়ার টেবিল'),
        ],
      },
      {
        name: 'Textiles',
        leaves: [
          leaf('Bedding', 1700, 'Bed Sheet, Quilt, Pillow Cover', 'বিছানার চাদর, নকশি কাঁথা, বালিশের কভার'),
          leaf('Curtains', 1500, 'Curtain, Door Curtain', 'পর্দা'),
        ],
      },
    ],
  },
  {
    name: 'Books and Stationery',
    materials: false,
    branches: [
      {
        name: 'Books',
        leaves: [
          leaf('Fiction', 380, 'Novel, Short Stories, Thriller', 'উপন্যাস, গল্পগ্রন্থ, কবিতার বই'),
          leaf('Education', 450, 'Guide Book, Grammar Book, Dictionary', 'গাইড বই, ব্যাকরণ বই, অভিধান'),
        ],
      },
      {
        name: 'Office Supplies',
        leaves: [
          leaf('Paper', 220, 'Notebook, Diary, Sketchbook', 'খাতা, ডায়েরি'),
          leaf('Pens', 120, 'Ball Pen, Fountain Pen, Marker Set', 'কলম, ফাউন্টেন পেন'),
        ],
      },
      {
        name: 'Toys and Games',
        leaves: [
          leaf('Toys', 900, 'Toy Car, Puzzle, Building Blocks', 'খেলনা গাড়ি, পাজল'),
          leaf('Sports', 1600, 'Cricket Bat, Football, Badminton Set', 'ক্রিকেট ব্যাট, ফুটবল, ব্যাডমিন্টন সেট'),
        ],
      },
    ],
  },
  {
    name: 'Grocery and Beauty',
    materials: false,
    branches: [
      {
        name: 'Food',
        leaves: [
          leaf('Tea and Coffee', 420, 'Black Tea, Green Tea, Coffee', 'চা পাতা, গ্রিন টি, কফি'),
          leaf(
            'Spices and Rice',
            340,
            'Turmeric Powder, Chilli Powder, Basmati Rice',
            'হলুদ গুঁড়া, মরিচ গুঁড়া, চিনিগুঁড়া চাল',
          ),
        ],
      },
      {
        name: 'Beauty',
        leaves: [
          leaf('Skin Care', 780, 'Face Wash, Moisturizer, Sunscreen', 'ফেসওয়াশ, ময়েশ্চারাইজার'),
          leaf('Hair Care', 520, 'Shampoo, Hair Oil, Conditioner', 'শ্যাম্পু, নারকেল তেল'),
        ],
      },
      {
        name: 'Baby and Health',
        leaves: [
          leaf('Baby Care', 950, 'Diaper Pack, Baby Lotion, Feeding Bottle', 'ডায়াপার, বেবি লোশন'),
          leaf('Health', 680, 'Vitamin C, Hand Sanitizer, Thermometer', 'ভিটামিন সি, থার্মোমিটার'),
        ],
      },
    ],
  },
];
