#include "base/email.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>

#include "base/charset.h"

namespace base {
namespace {

constexpr std::size_t kMostLocal = 64;
constexpr std::size_t kMostDomain = 253;
constexpr std::size_t kMostLabel = 63;
constexpr std::size_t kMostAddress = 254;  // RFC 5321 §4.5.3.1.3 with its angle brackets

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// RFC 5322 §3.2.3.
bool is_atext(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

/// Letters, marks, numbers and symbols of any script; no spaces, controls, invisible format characters or unassigned.
bool is_wide_atext(UChar32 c) {
  switch (u_charType(c)) {
    case U_UNASSIGNED:
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_SPACE_SEPARATOR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR: return false;
    default: return c != 0xFFFD;
  }
}

Result<void> check_labels(std::string_view domain) {
  if (domain.size() > kMostDomain)
    return fail(Code::invalid_input, "the domain is longer than {} characters", kMostDomain);
  std::size_t labels = 0;
  std::string_view rest = domain, last;
  for (bool more = true; more;) {
    const std::size_t stop = rest.find('.');
    more = stop != std::string_view::npos;
    last = rest.substr(0, stop);
    rest = more ? rest.substr(stop + 1) : std::string_view{};
    ++labels;
    if (last.empty()) return fail(Code::invalid_input, "the domain has a dot too many or nothing in it");
    if (last.size() > kMostLabel)
      return fail(Code::invalid_input, "a part of the domain is longer than {} characters", kMostLabel);
    if (last.front() == '-' || last.back() == '-')
      return fail(Code::invalid_input, "a part of the domain begins or ends with a hyphen");
    const bool good =
        std::ranges::all_of(last, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    if (!good) return fail(Code::invalid_input, "the domain holds a character that domains cannot have");
  }
  if (labels < 2) return fail(Code::invalid_input, "the domain has no dot; write it whole, like shop.example");
  if (std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; }))
    return fail(Code::invalid_input, "the domain ends in a number; an address of a machine is no mail domain");
  return {};
}

/// Form C; nothing when a character has no place in an address.
Result<std::string> wide_local(std::string_view local) {
  if (!is_utf8(local)) return fail(Code::invalid_input, "the part before the @ is not UTF-8");
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form_c = icu::Normalizer2::getNFCInstance(status);
  const icu::UnicodeString text =
      form_c->normalize(icu::UnicodeString::fromUTF8({local.data(), static_cast<int>(local.size())}), status);
  WB_CHECK(U_SUCCESS(status));
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c >= 0x80 && !is_wide_atext(c))
      return fail(Code::invalid_input, "the part before the @ holds a character that cannot be seen or typed");
  }
  std::string out;
  text.toUTF8String(out);
  return out;
}

Result<std::string> a_labels(std::string_view domain) {
  struct Close {
    void operator()(UIDNA* idna) const { uidna_close(idna); }
  };
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, Close> idna{uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI |
                                                               UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                                                               UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                                           &status)};
  WB_CHECK(U_SUCCESS(status));
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, 4 * kMostDomain> out{};
  const int size = uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<int>(domain.size()), out.data(),
                                          static_cast<int>(out.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0 || size > static_cast<int>(out.size()))
    return fail(Code::invalid_input, "the domain is no internationalised domain name");
  return std::string{out.data(), static_cast<std::size_t>(size)};
}

}  // namespace

Result<std::string> parse_domain(std::string_view text) {
  if (text.size() > 4 * kMostDomain)
    return fail(Code::invalid_input, "the domain is longer than {} characters", kMostDomain);
  std::string domain{text};
  std::ranges::transform(domain, domain.begin(), lower);
  if (!is_ascii(domain) || domain.starts_with("xn--") || domain.find(".xn--") != std::string::npos) {
    if (!is_utf8(domain)) return fail(Code::invalid_input, "the domain is not UTF-8");
    WB_ASSIGN(domain, a_labels(domain));
  }
  WB_TRY(check_labels(domain));
  return domain;
}

Result<EmailAddress> parse_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return fail(Code::invalid_input, "there is no @ in the address");
  const std::string_view local = text.substr(0, at);
  if (local.empty()) return fail(Code::invalid_input, "nothing stands before the @");
  if (local.size() > kMostLocal)
    return fail(Code::invalid_input, "the part before the @ is longer than {} octets", kMostLocal);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
    return fail(Code::invalid_input, "the part before the @ has a dot too many");
  const bool good = std::ranges::all_of(
      local, [](char c) { return c == '.' || is_atext(c) || static_cast<unsigned char>(c) >= 0x80; });
  if (!good) return fail(Code::invalid_input, "the part before the @ holds a character that addresses cannot have");

  EmailAddress address;
  address.local = local;
  if (!is_ascii(local)) {
    WB_ASSIGN(address.local, wide_local(local));
    if (address.local.size() > kMostLocal)
      return fail(Code::invalid_input, "the part before the @ is longer than {} octets", kMostLocal);
    address.needs_smtputf8 = true;
  }
  WB_ASSIGN(address.domain, parse_domain(text.substr(at + 1)));
  if (address.local.size() + 1 + address.domain.size() > kMostAddress)
    return fail(Code::invalid_input, "the address is longer than {} octets", kMostAddress);
  return address;
}

std::string EmailAddress::text() const { return local + "@" + domain; }

std::string EmailAddress::normal() const {
  std::string folded;
  if (needs_smtputf8) {
    icu::UnicodeString::fromUTF8(local).toLower(icu::Locale::getRoot()).toUTF8String(folded);
  } else {
    folded.resize(local.size());
    std::ranges::transform(local, folded.begin(), lower);
  }
  return folded + "@" + domain;
}

}  // namespace base
