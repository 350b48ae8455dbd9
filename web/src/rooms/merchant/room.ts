import { ShopOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { fromAddress } from "@ground/list/address";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/merchants", word: "rail.merchant", name: "merchant.title", icon: ShopOutlined, needs: "registry.read", key: "m" };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/merchants",
  validateSearch: (search): { q?: string } => {
    const q = fromAddress(search.q);
    return q ? { q } : {};
  },
  component: lazyRouteComponent(() => import("./MerchantsPage"), "MerchantsPage"),
});

const page = createRoute({
  getParentRoute: () => shell,
  path: "/merchants/$id",
  component: lazyRouteComponent(() => import("./MerchantPage"), "MerchantPage"),
});

export const routes = [list, page] as const;
