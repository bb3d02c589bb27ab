export { default } from "./lost";
