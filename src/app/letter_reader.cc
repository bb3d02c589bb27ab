#include "app/letter_reader.h"

#include "collect/import.h"

namespace app {

using act::letter::Language;
using act::letter::LetterData;
using base::Code;
using base::fail;
using base::Result;

Result<LetterData> reader_of(Workplace& place, const std::string& customer, const std::string& language_tag, base::Instant now) {
  const std::string wanted = language_tag.empty() ? std::string{text::name_of(place.context->language())} : language_tag;
  const Language language = act::letter::parse_language(wanted).value_or(Language::en);
  if (customer.empty()) {
    LetterData data = act::letter::sample_data(language);
    return data;
  }
  WB_ASSIGN(port::Warehouse* const warehouse, place.context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(Products products, Products::load(*warehouse));
  products.advise(learn_lists(*warehouse));
  act::deliver::Job job;
  bool known = false;
  WB_TRY(each_customer({customer}, products, *warehouse, [&](CustomerFacts&& facts) -> Result<void> {
    known = true;
    job.person = {.customer_id = facts.customer_id, .country = facts.country};
    job.enrolment = {.id = -1, .customer_id = facts.customer_id};
    place.desk->remember_facts(-1, facts.json);
    return {};
  }));
  if (!known) return fail(Code::not_found, "the last analysis knows no customer '{}'; `winback sql \"SELECT customer_id FROM v_profiles LIMIT 9\"` shows some", customer);
  place.desk->stock(std::move(products));
  WB_ASSIGN(const auto contact, place.store->people().contact(customer, "email"));
  if (contact) job.contact = *contact;
  if (!language_tag.empty() || job.contact.language.empty()) job.contact.language = act::letter::tag_of(language);
  // The offer of a preview is an example: no code is issued for looking.
  WB_ASSIGN(LetterData data, place.desk->data_for(job, now));
  data.offer = act::letter::sample_data(language).offer;
  return data;
}

}  // namespace app
