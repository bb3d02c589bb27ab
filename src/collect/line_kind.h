#pragma once

#include <cstdint>
#include <string_view>

namespace collect {

/// The nature of an order line; the numbers are those of the table's Enum8.
enum class LineKind : std::uint8_t { sale = 1, cancellation = 2, return_ = 3, refund = 4, gift = 5, adjustment = 6 };

/// What an order's status says about its money.
enum class StatusMeaning : std::uint8_t {
  stands,     ///< or says nothing
  cancelled,  ///< never paid, failed, closed or cancelled
  refunded,   ///< the money went back, all of it
  partly_refunded,
  returned,
};

/// Reads a status as shops write it, English or Chinese.
StatusMeaning meaning_of_status(std::string_view status);

/// Whether a code and a name are those of postage, fees, manual corrections and the like, not of a product: the whole
/// name is such a word, or the code has no digit where the file's codes do and is a word or at most three letters.
bool is_adjustment(std::string_view sku, std::string_view product, bool skus_have_digits);

/// "C536379": a cancellation where other order ids are numbers.
bool is_cancellation_id(std::string_view order_id);

}  // namespace collect
