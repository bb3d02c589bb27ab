#include "app/redeem.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using model::CodeState;

Result<std::optional<model::Code>> find_code(std::string_view written, port::CodeStore& codes) {
  WB_ASSIGN(auto found, codes.find(written));
  if (found) return found;
  std::string capitals{written};
  for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return codes.find(capitals);
}

Result<model::Code> redeem(const Redemption& redemption, port::ActStore& store, act::deliver::Conductor& conductor, base::Instant now) {
  WB_ASSIGN(const auto code, find_code(redemption.code, store.codes()));
  if (!code || code->state == CodeState::pool) return fail(Code::not_found, "there is no code {}; check how it is written", redemption.code);
  // The Store answers `conflict` too when another program holds it: that must not be taken for a code already used.
  const bool others = code->state == CodeState::redeemed && code->order_id != redemption.order_id;
  const bool over = code->state != CodeState::redeemed && code->ends_at && redemption.at >= *code->ends_at;
  auto redeemed = store.codes().redeem(code->code, redemption.order_id, redemption.amount.value_or(code->liability), redemption.at);
  if (!redeemed) {
    base::Error problem = redeemed.error();
    const bool about_code = others || over || code->state == CodeState::revoked || code->state == CodeState::expired;
    if (problem.code == Code::conflict && !about_code) problem.code = Code::unavailable;
    return std::unexpected(std::move(problem));
  }
  if (redeemed->customer_id.empty()) return redeemed;
  WB_TRY(conductor.take({.key = "redeemed/" + redeemed->code,
                         .kind = model::ResponseKind::redeemed,
                         .enrolment_id = redeemed->enrolment_id,
                         .campaign_id = redeemed->campaign_id,
                         .customer_id = redeemed->customer_id,
                         .at = redeemed->redeemed_at.value_or(redemption.at),
                         .detail = redeemed->order_id},
                        now));
  return redeemed;
}

}  // namespace app
