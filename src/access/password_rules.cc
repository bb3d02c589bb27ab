#include <algorithm>
#include <ranges>
#include <span>
#include <vector>

#include "access/password.h"

namespace entry {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kFewest = 12, kMost = 128, kMostBytes = 512;
constexpr std::size_t kOwn = 5;  // characters that must be left when everything a guesser knows is taken out

// What passwords are made of when nobody thinks about them. Guessers put these together and add digits; so every
// combination of them is refused, not a list of them.
constexpr std::string_view kCommon[] = {
    "password", "passwort", "passwd", "passw", "contrasena", "motdepasse", "senha", "parola", "haslo", "wachtwoord", "mima", "woaini", "iloveyou", "ilove", "loveyou",
    "welcome", "willkommen", "bienvenue", "letmein", "login", "logon", "signin", "access", "admin", "administrator", "root", "user",
    "guest", "test", "testing", "tester", "demo", "sample", "example", "default", "changeme", "change", "temp", "temporary", "secret",
    "private", "secure", "security", "master", "super", "superman", "batman", "spiderman", "ironman", "pokemon", "pikachu", "starwars",
    "skywalker", "matrix", "trustno", "whatever", "nothing", "something", "computer", "internet", "keyboard", "samsung", "google", "facebook",
    "microsoft", "windows", "apple", "android", "iphone", "oracle", "linux", "ubuntu", "server", "database", "system", "office", "company",
    "business", "marketing", "manager", "owner", "analyst", "marketer", "agent", "readonly", "customer", "customers", "workspace", "console", "winback",
    "spring", "summer", "autumn", "winter", "january", "february", "march", "april", "june", "july", "august", "september",
    "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "football", "baseball",
    "basketball", "soccer", "hockey", "tennis", "golf", "liverpool", "chelsea", "arsenal", "barcelona", "realmadrid", "juventus", "yankees",
    "cowboys", "eagles", "lakers", "ferrari", "porsche", "mercedes", "corvette", "mustang", "harley", "yamaha", "toyota", "dragon", "monkey",
    "tiger", "lion", "shadow", "ninja", "killer", "hunter", "ranger", "soldier", "warrior", "wizard", "phoenix", "thunder", "lightning",
    "sunshine", "rainbow", "princess", "prince", "queen", "king", "angel", "devil", "heaven", "flower", "butterfly", "cookie", "chocolate",
    "cheese", "banana", "orange", "cherry", "pepper", "ginger", "coffee", "purple", "yellow", "silver", "golden", "diamond", "crystal",
    "blue", "green", "black", "white", "red", "pink", "love", "lovely", "lover", "forever", "friend", "friends", "family", "mother", "father",
    "mommy", "daddy", "sister", "brother", "baby", "babygirl", "babyboy", "girl", "boy", "hello", "hallo", "bonjour", "nihao", "good",
    "morning", "night", "happy", "birthday", "christmas", "jesus", "christ", "god", "faith", "freedom", "america", "england", "london",
    "paris", "berlin", "newyork", "chicago", "dallas", "boston", "china", "zhongguo", "beijing", "shanghai", "taiwan", "taipei", "hongkong",
    "michael", "jessica", "jennifer", "jordan", "michelle", "daniel", "david", "thomas", "robert", "joshua", "andrew", "matthew", "ashley",
    "amanda", "nicole", "charlie", "maggie", "buster", "bailey", "george", "harley", "hannah", "sophie", "oliver", "james", "john", "alex",
    "alexander", "anthony", "william", "justin", "samantha", "elizabeth", "maria", "anna", "martin", "peter", "patrick", "richard", "nicholas",
    "mynameis", "mypassword", "thisis", "myname", "mysecret", "correcthorsebatterystaple", "theone", "number", "first", "last", "the", "and",
    "my", "is", "you", "me", "new", "old", "pass", "word", "key", "code", "shop", "store", "market", "money", "cash", "bank", "star", "moon", "sun"};

constexpr std::string_view kRows[] = {"01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
                                      "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
                                      "qazwsxedcrfvtgbyhnujmikolp", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p"};

/// Lower case, with the letters that digits and signs stand for.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    switch (c) {
      case '@': case '4': c = 'a'; break;
      case '0': c = 'o'; break;
      case '3': c = 'e'; break;
      case '1': case '!': c = 'i'; break;
      case '$': case '5': c = 's'; break;
      case '7': c = 't'; break;
      default: break;
    }
    out += c;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

/// Marks every place where one of the words stands.
void mark_words(std::string_view text, std::span<const std::string_view> words, std::vector<bool>& known) {
  for (const std::string_view word : words) {
    if (word.size() < 2) continue;
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      std::fill_n(known.begin() + static_cast<std::ptrdiff_t>(at), word.size(), true);
    }
  }
}

/// Marks runs of four or more that go along a row of the keyboard or the alphabet, forwards or backwards.
void mark_rows(std::string_view text, std::vector<bool>& known) {
  for (const std::string_view row : kRows) {
    std::string back{row};
    std::ranges::reverse(back);
    for (const std::string_view along : {row, std::string_view{back}}) {
      for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
        if (along.find(text.substr(at, 4)) != along.npos) std::fill_n(known.begin() + static_cast<std::ptrdiff_t>(at), 4, true);
      }
    }
  }
}

/// Marks what repeats what stands one to eight places before it.
void mark_repetitions(std::string_view text, std::vector<bool>& known) {
  for (std::size_t period = 1; period <= std::min<std::size_t>(8, text.size() / 2); ++period) {
    std::size_t run = 0;
    for (std::size_t i = period; i < text.size(); ++i) {
      run = text[i] == text[i - period] ? run + 1 : 0;
      if (run >= std::max<std::size_t>(period, 2)) {
        std::fill_n(known.begin() + static_cast<std::ptrdiff_t>(i + 1 - run), run, true);
      }
    }
  }
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// The parts of an address or a name that are long enough to be recognised.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : lower(text) + " ") {
    const bool letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    if (letter) {
      part += c;
    } else {
      if (part.size() >= 3) parts.push_back(part);
      part.clear();
    }
  }
  return parts;
}

}  // namespace

Result<void> judge_password(std::string_view password, std::string_view email, std::string_view name) {
  if (characters(password) < kFewest) return fail(Code::invalid_input, "the password must have at least {} characters", kFewest);
  if (characters(password) > kMost || password.size() > kMostBytes) return fail(Code::invalid_input, "the password must have at most {} characters", kMost);
  const std::string as_typed = lower(password), read = plain(password);
  std::vector<bool> known(password.size(), false);
  mark_words(as_typed, kCommon, known);
  mark_words(read, kCommon, known);
  mark_rows(as_typed, known);
  mark_repetitions(as_typed, known);
  for (const std::string_view own : {email, name}) {
    const std::vector<std::string> parts = parts_of(own);
    const std::vector<std::string_view> words{parts.begin(), parts.end()};
    mark_words(as_typed, words, known);
    mark_words(read, words, known);
  }
  // Digits and signs at either end are what is added to please a rule.
  const auto is_letter = [&](std::size_t i) {
    const auto c = static_cast<unsigned char>(as_typed[i]);
    return (c >= 'a' && c <= 'z') || c >= 0x80;
  };
  std::vector<bool> counted = known;
  for (std::size_t i = 0; i < counted.size() && (counted[i] || !is_letter(i)); ++i) counted[i] = true;
  for (std::size_t i = counted.size(); i > 0 && (counted[i - 1] || !is_letter(i - 1)); --i) counted[i - 1] = true;
  const bool only_signs = std::ranges::none_of(std::views::iota(std::size_t{0}, as_typed.size()), is_letter);
  std::size_t own = 0;
  for (std::size_t i = 0; i < password.size(); ++i) {
    const bool first_byte = (static_cast<unsigned char>(password[i]) & 0xC0) != 0x80;
    own += first_byte && !(only_signs ? known[i] : counted[i]) ? 1 : 0;
  }
  if (own < kOwn) {
    return fail(Code::invalid_input,
                "this password is one that guessers try first (common words, your own name, rows of the keyboard, repetitions); "
                "choose several words of your own, or let a password manager make one");
  }
  return {};
}

}  // namespace entry
