#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace act::respond {

/// What a customer wants who answered one of our messages.
enum class ReplyKind : std::uint8_t {
  stop,        ///< no more on this channel
  start,       ///< asked to be written to again
  help,        ///< asked who we are or how this works
  complaint,
  question,
  praise,
  answer,      ///< said something that asks for nothing
  auto_reply,  ///< a machine answered: a holiday notice
  unsure,      ///< a person should read it
};
std::string_view name_of(ReplyKind kind);

/// Everything about reading replies that is data (presets/replies.yaml). Texts stand in the form of base::plain_text.
struct ReplyRules {
  /// A whole reply that says one thing and nothing else; it wins over everything.
  struct Keyword {
    ReplyKind kind = ReplyKind::stop;
    std::string text;
    std::vector<std::string> channels;  ///< only there; empty = everywhere
  };
  /// Words within a reply, worth so much (log-odds) for its kind.
  struct Phrase {
    ReplyKind kind = ReplyKind::question;
    std::string text;
    double weight = 0;
  };
  std::vector<Keyword> keywords;
  std::vector<Phrase> phrases;
  std::vector<std::string> urgent;         ///< what cannot wait, whatever the kind
  std::vector<std::string> auto_subjects;  ///< how the subject of a holiday notice begins
  std::vector<std::string> quotes;         ///< how a line begins after which our own letter is quoted
  double unspoken = -2.5;    ///< log-odds of each kind nothing speaks for, against a plain answer
  double least = 0.6;      ///< below this the kind is unsure …
  double stop_least = 0.4; ///< … but a doubtful no is a no
};

/// A reply as it came.
struct ReplyText {
  std::string channel;
  std::string subject;     ///< of a mail
  std::string text;
  bool by_machine = false; ///< its head says so (RFC 3834)
};

struct Reply {
  ReplyKind kind = ReplyKind::unsure;
  double probability = 0;  ///< of the likeliest kind; 1 for keywords. By rules, not measured
  bool urgent = false;
  bool keyword = false;    ///< nothing but a keyword was written
  std::string words;       ///< what they wrote themselves, without what they quote, at most 4,000 characters
};

/// Reads a reply in English or Chinese of either script. Pure; never fails; time grows with the length alone.
Reply read_reply(const ReplyText& reply, const ReplyRules& rules);

/// What was written above the quoted letter.
std::string own_words(std::string_view text, const ReplyRules& rules);

struct Mail;

/// Whether a mail's head says that a machine wrote it: Auto-Submitted (RFC 3834 §5), Precedence, X-Autoreply.
bool is_by_machine(const Mail& mail);

}  // namespace act::respond
