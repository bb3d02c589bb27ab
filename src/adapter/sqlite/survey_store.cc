#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::SurveyInvitation;

SurveyInvitation read_invitation(const Statement& row) {
  return {.id = row.integer(0),
          .survey = row.text(1),
          .customer_id = row.text(2),
          .message_id = row.integer(3),
          .channel = row.text(4),
          .invited_at = moment_at(row, 5),
          .opened_at = instant_at(row, 6),
          .started_at = instant_at(row, 7),
          .finished_at = instant_at(row, 8)};
}

/// Ids, each ended by a line end.
std::string joined(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += id + '\n';
  return text;
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> ids;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    ids.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return ids;
}

std::optional<std::int32_t> score_at(const Statement& row, int column) {
  const auto value = row.maybe_integer(column);
  return value ? std::optional{static_cast<std::int32_t>(*value)} : std::nullopt;
}

class SqliteSurveys final : public port::SurveyStore {
 public:
  explicit SqliteSurveys(const Database& database) : database_(database) {}

  Result<SurveyInvitation> invite(const SurveyInvitation& draft) override {
    SurveyInvitation made = draft;
    WB_TRY(database_.transact([&]() -> Result<void> {
      if (draft.message_id != 0) {
        WB_ASSIGN(Statement select, database_.prepare(sql::invitation_of_message));
        select.bind("$survey", draft.survey).bind("$message_id", draft.message_id);
        WB_ASSIGN(const auto known, first_row<SurveyInvitation>(select, read_invitation));
        if (known) {
          made = *known;
          return {};
        }
      }
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_invitation));
      WB_TRY(insert.bind("$survey", draft.survey)
                 .bind("$customer_id", draft.customer_id)
                 .bind("$message_id", draft.message_id)
                 .bind("$channel", draft.channel)
                 .bind("$invited_at", base::millis(draft.invited_at))
                 .run());
      made.id = database_.last_id();
      return {};
    }));
    return made;
  }

  Result<std::optional<SurveyInvitation>> find(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_invitation));
    select.bind("$id", id);
    return first_row<SurveyInvitation>(select, read_invitation);
  }

  Result<std::optional<SurveyInvitation>> last_of(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::last_invitation_of));
    select.bind("$customer_id", customer);
    return first_row<SurveyInvitation>(select, read_invitation);
  }

  Result<void> mark(std::int64_t id, model::SurveyMark mark, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::mark_invitation));
    return update.bind("$id", id).bind("$mark", static_cast<std::int64_t>(mark)).bind("$at", base::millis(at)).run();
  }

  Result<void> answer(const model::SurveyAnswer& answer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::put_answer));
    return insert.bind("$invitation_id", answer.invitation_id)
        .bind("$question", answer.question)
        .bind("$choices", joined(answer.choices))
        .bind("$score", answer.score ? std::optional<std::int64_t>{*answer.score} : std::nullopt)
        .bind("$text", answer.text)
        .bind("$at", base::millis(answer.at))
        .run();
  }

  Result<std::vector<model::SurveyAnswer>> answers(std::int64_t invitation) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_answers));
    select.bind("$invitation_id", invitation);
    return all_rows<model::SurveyAnswer>(select, [](const Statement& row) {
      return model::SurveyAnswer{.invitation_id = row.integer(0),
                                 .question = row.text(1),
                                 .choices = parted(row.text(2)),
                                 .score = score_at(row, 3),
                                 .text = row.text(4),
                                 .at = moment_at(row, 5)};
    });
  }

  Result<std::vector<Counts>> counts() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_surveys));
    return all_rows<Counts>(select, [](const Statement& row) {
      const auto count = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
      return Counts{row.text(0), count(1), count(2), count(3), count(4)};
    });
  }

  Result<std::vector<Said>> results(std::string_view survey) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::survey_results));
    select.bind("$survey", survey);
    return all_rows<Said>(select, [](const Statement& row) {
      return Said{row.text(0), parted(row.text(1)), score_at(row, 2), static_cast<std::uint64_t>(row.integer(3))};
    });
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::SurveyStore> survey_store(const Database& database) { return std::make_unique<SqliteSurveys>(database); }

}  // namespace adapter::sqlite
