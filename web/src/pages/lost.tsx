import { Go, Page } from "../parts/page";
import { useWords } from "../words";

export default function Lost() {
  const { t } = useWords();
  return <Page question={t("lost_question")} headline={t("lost_headline")} next={<Go to="/" primary>{t("menu_home")}</Go>} />;
}
