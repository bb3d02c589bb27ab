#include "adapter/phone/open_phone.h"

#include <phonenumbers/phonenumberutil.h>

namespace adapter::phone {
namespace {

using base::Code;
using base::fail;
using base::Result;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kLongest = 64;  // bytes of a written number; more is no number

class LibPhoneNumbers final : public port::PhoneNumbers {
 public:
  Result<std::string> e164(std::string_view written, std::string_view region) const override {
    PhoneNumber number;
    const std::string where{region.empty() ? "ZZ" : region};  // the library's name for nowhere
    if (written.size() > kLongest) written = {};
    bool read = is_valid(std::string{written}, where, number);
    // "00" leads abroad in most countries and is written for "+" in all of them.
    if (!read && written.starts_with("00")) read = is_valid(fmt::format("+{}", written.substr(2)), where, number);
    if (!read) return fail(Code::invalid_input, "this is no telephone number{}", region.empty() ? ", or one without its country" : "");
    std::string out;
    util_.Format(number, PhoneNumberUtil::E164, &out);
    return out;
  }

  bool is_mobile(std::string_view e164) const override {
    PhoneNumber number;
    if (util_.Parse(std::string{e164.substr(0, kLongest)}, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
    const auto type = util_.GetNumberType(number);
    return type == PhoneNumberUtil::MOBILE || type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
  }

  std::string region_of(std::string_view e164) const override {
    PhoneNumber number;
    std::string region;
    if (util_.Parse(std::string{e164.substr(0, kLongest)}, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return region;
    util_.GetRegionCodeForNumber(number, &region);
    return region == "ZZ" || region == "001" ? std::string{} : region;
  }

 private:
  bool is_valid(const std::string& text, const std::string& region, PhoneNumber& number) const {
    return util_.Parse(text, region, &number) == PhoneNumberUtil::NO_PARSING_ERROR && util_.IsValidNumber(number);
  }

  const PhoneNumberUtil& util_ = *PhoneNumberUtil::GetInstance();  // the library's own; built once, read by any thread
};

}  // namespace

std::unique_ptr<port::PhoneNumbers> open_phone() { return std::make_unique<LibPhoneNumbers>(); }

}  // namespace adapter::phone
