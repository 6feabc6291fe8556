declare module "virtual:own-theme.css";
