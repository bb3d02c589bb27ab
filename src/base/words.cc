#include "base/words.h"

#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <memory>

namespace base {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr std::size_t kMostTerms = 20'000;
constexpr int kLongNumber = 5;

/// What ICU keeps for one thread: its segmenters carry the text they stand in.
struct Segmenter {
  std::unique_ptr<icu::BreakIterator> words;
  std::unique_ptr<icu::Transliterator> simplify;
  const icu::Normalizer2* fold = nullptr;

  Segmenter() {
    UErrorCode status = U_ZERO_ERROR;
    words.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    simplify.reset(icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, status));
    fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    WB_CHECK(U_SUCCESS(status) && words && simplify && fold != nullptr);  // ICU's own data is not installed
  }
};

Segmenter& segmenter() {
  thread_local Segmenter own;
  return own;
}

bool is_han(UChar32 c) { return c >= 0x2E80 && u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC); }

/// Whether the mark belongs to a word that names a place in the net: "a@b.c", "https://…", "www.…".
bool is_address(std::string_view word) {
  return word.find('@') != std::string_view::npos ? word.size() > 2 && word.find('.') != std::string_view::npos
                                                  : word.find("://") != std::string_view::npos || word.starts_with("www.");
}

/// A tag of HTML that begins at `i`: its length, or 0.
std::size_t tag_length(std::string_view text, std::size_t i) {
  if (i + 2 >= text.size()) return 0;
  const char next = text[i + 1];
  if (next != '/' && next != '!' && (next < 'a' || next > 'z') && (next < 'A' || next > 'Z')) return 0;
  const std::size_t end = text.substr(i, 1000).find('>');
  return end == std::string_view::npos ? 0 : end + 1;
}

/// Without tags and addresses: what is left is what was meant.
std::string without_marks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '<') {
      if (const std::size_t length = tag_length(text, i); length > 0) {
        out += ' ';
        i += length;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[i]) <= ' ') {
      out += ' ';
      ++i;
      continue;
    }
    std::size_t end = i + 1;  // a run of printable ASCII may be an address
    const auto plain = [](char c) { return c > ' ' && c < 0x7F && c != '<'; };
    if (plain(text[i])) {
      while (end < text.size() && plain(text[end])) ++end;
      const std::string_view run = text.substr(i, end - i);
      if (is_address(run)) {
        out += ' ';
      } else {
        out += run;
      }
    } else {
      out += text[i];
    }
    i = end;
  }
  return out;
}

icu::UnicodeString plain_unicode(std::string_view text) {
  std::string_view cut = text.substr(0, kMostBytes);
  Segmenter& own = segmenter();
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString folded =
      own.fold->normalize(icu::UnicodeString::fromUTF8(without_marks(cut)), status);
  if (U_FAILURE(status)) return {};
  bool han = false;
  icu::UnicodeString out;
  for (int32_t i = 0; i < folded.length();) {
    const UChar32 c = folded.char32At(i);
    const int32_t width = U16_LENGTH(c);
    if (u_isdigit(c)) {  // numbers that name orders, telephones and people
      int32_t end = i;
      while (end < folded.length() && u_isdigit(folded.char32At(end))) end += U16_LENGTH(folded.char32At(end));
      if (end - i >= kLongNumber) {
        out += u' ';
      } else {
        out.append(folded, i, end - i);
      }
      i = end;
      continue;
    }
    const int8_t type = u_charType(c);
    if (type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_UNASSIGNED || type == U_SURROGATE ||
        type == U_PRIVATE_USE_CHAR || c == 0xFFFD) {
      out += u' ';
    } else {
      out.append(c);
      han = han || is_han(c);
    }
    i += width;
  }
  if (han) own.simplify->transliterate(out);
  return out;
}

/// Gathers terms from a text one word after another.
class Gathering {
 public:
  Gathering(const WordForms& forms, std::vector<std::string>& out) : forms_(forms), out_(out) {}

  void word(const icu::UnicodeString& text, int32_t begin, int32_t end) {
    std::string term;
    text.tempSubStringBetween(begin, end).toUTF8String(term);
    const UChar32 first = text.char32At(begin);
    const bool han = is_han(first);
    if (han && forms_.han_pairs) characters(text, begin, end);
    if (!han) last_han_.clear();
    if (!han && static_cast<std::size_t>(text.countChar32(begin, end - begin)) < forms_.shortest) return;
    const bool single_han = han && U16_LENGTH(first) == end - begin;
    if (forms_.words && !(single_han && forms_.han_pairs)) add(term);
    if (forms_.word_pairs && !last_.empty()) add(last_ + " " + term);
    last_ = std::move(term);
  }
  void sentence_ends() {
    last_.clear();
    last_han_.clear();
  }

 private:
  void characters(const icu::UnicodeString& text, int32_t begin, int32_t end) {
    for (int32_t i = begin; i < end;) {
      const UChar32 c = text.char32At(i);
      std::string one;
      icu::UnicodeString(c).toUTF8String(one);
      add(one);
      if (!last_han_.empty()) add(last_han_ + one);
      last_han_ = std::move(one);
      i += U16_LENGTH(c);
    }
  }
  void add(std::string term) {
    if (out_.size() < kMostTerms && term.size() <= 64) out_.push_back(std::move(term));
  }

  const WordForms& forms_;
  std::vector<std::string>& out_;
  std::string last_, last_han_;
};

}  // namespace

std::string plain_text(std::string_view text) {
  std::string out;
  plain_unicode(text).toUTF8String(out);
  return out;
}

std::vector<std::string> words(std::string_view text, const WordForms& forms) {
  std::vector<std::string> out;
  const icu::UnicodeString plain = plain_unicode(text);
  icu::BreakIterator& breaks = *segmenter().words;
  breaks.setText(plain);
  Gathering gathering{forms, out};
  int32_t begin = breaks.first();
  for (int32_t end = breaks.next(); end != icu::BreakIterator::DONE; begin = end, end = breaks.next()) {
    const UChar32 c = plain.char32At(begin);
    if (breaks.getRuleStatus() != UBRK_WORD_NONE || u_isalnum(c)) {
      gathering.word(plain, begin, end);
    } else if (!u_isUWhiteSpace(c)) {
      gathering.sentence_ends();
    }
    if (out.size() >= kMostTerms) break;
  }
  return out;
}

std::string excerpt(std::string_view text, std::size_t most) {
  const icu::UnicodeString all = icu::UnicodeString::fromUTF8(text.substr(0, kMostBytes));
  icu::UnicodeString line;
  std::size_t count = 0;
  bool space = true;
  bool cut = text.size() > kMostBytes;
  for (int32_t i = 0; i < all.length();) {
    const UChar32 c = all.char32At(i);
    i += U16_LENGTH(c);
    const int8_t type = u_charType(c);
    if (type == U_FORMAT_CHAR && c != 0x200D) continue;  // a joiner holds emoji together
    const bool blank = u_isUWhiteSpace(c) || type == U_CONTROL_CHAR || type == U_SURROGATE;
    if (blank && space) continue;
    if (count == most) {
      cut = true;
      break;
    }
    line.append(blank ? UChar32{' '} : c);
    space = blank;
    ++count;
  }
  line.trim();
  if (cut) line.append(UChar32{0x2026});
  std::string out;
  line.toUTF8String(out);
  return out;
}

}  // namespace base
