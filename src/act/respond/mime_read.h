#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace act::respond {

/// One header field, unfolded.
struct Field {
  std::string name;  ///< lower case
  std::string value;
};

/// The fields of a header block; what is no field is skipped. At most 500 fields of 8,000 octets.
std::vector<Field> read_fields(std::string_view block);

/// The first value of that name (lower case); empty when there is none.
std::string_view value_of(const std::vector<Field>& fields, std::string_view name);

/// One leaf of a message: everything but multiparts.
struct Part {
  std::string type;  ///< "text/plain" in lower case; text/plain where none is said
  std::vector<Field> fields;
  std::string body;  ///< transfer encoding undone
};

/// A message as far as a report needs it.
struct Mail {
  std::vector<Field> fields;
  std::string type;  ///< of the whole message
  std::vector<Part> parts;
};

/// Reads a message of any quality: lines may end in LF, boundaries may be missing, bytes may be anything. Only the
/// first two megabytes, 200 parts and 8 levels are read; time and memory grow with the size alone. An enclosed message
/// is one part, not taken apart. Never fails.
Mail read_mail(std::string_view bytes);

/// Header text with its encoded words (RFC 2047) of UTF-8 or ASCII undone; others stay as they are.
std::string plain_header(std::string_view value);

std::string lower_case(std::string_view text);

/// Without blanks and line ends on either side.
std::string_view trimmed(std::string_view text);

/// Takes the next line, without its end, off the text.
std::string_view next_line(std::string_view& text);

}  // namespace act::respond
