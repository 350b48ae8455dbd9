use std::collections::BTreeMap;

use super::ImportKind;

/// A column a kind of file may have.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Stable name.
    pub name: &'static str,
    /// Header of the sample file.
    pub zh: &'static str,
    /// Header of the English sample file.
    pub en: &'static str,
    /// Whether a row without it is wrong.
    pub needed: bool,
    /// Other headers people use, in lower case without blanks.
    pub also: &'static [&'static str],
    /// What the sample file shows.
    pub example: &'static str,
}

/// One field per line, so that the lists below stay readable.
macro_rules! field {
    ($name:literal, $zh:literal, $en:literal, needed, $example:literal $(, $also:literal)*) => {
        Field { name: $name, zh: $zh, en: $en, needed: true, also: &[$($also),*], example: $example }
    };
    ($name:literal, $zh:literal, $en:literal, free, $example:literal $(, $also:literal)*) => {
        Field { name: $name, zh: $zh, en: $en, needed: false, also: &[$($also),*], example: $example }
    };
}

const MID: Field = field!(
    "mid",
    "商户号",
    "Merchant number",
    needed,
    "898310154110001",
    "商户编号",
    "商户代码",
    "merchantid",
    "merchantno",
    "merchantcode"
);
const TID: Field = field!("tid", "终端号", "Terminal number", needed, "10482277", "终端编号", "终端代码", "terminalid", "terminalno");
const SERIAL: Field = field!(
    "serial_no",
    "序列号",
    "Serial number",
    needed,
    "821044770931",
    "机身号",
    "机具序列号",
    "终端序列号",
    "sn",
    "serial",
    "serialno"
);
const STORE: Field = field!("store", "门店", "Store", free, "顺风面馆张江店", "门店名称", "网点", "storename", "outlet");

const MERCHANTS: &[Field] = &[
    MID,
    field!("name", "商户名称", "Merchant name", needed, "顺风面馆", "商户", "名称", "商户简称", "name", "merchant"),
    field!(
        "acquirer",
        "收单机构",
        "Acquirer",
        needed,
        "示例银行",
        "收单机构名称",
        "收单行",
        "机构",
        "acquirername",
        "acquirercode",
        "bank"
    ),
    field!(
        "uscc",
        "统一社会信用代码",
        "Credit code",
        free,
        "91350100M000100Y43",
        "信用代码",
        "社会信用代码",
        "营业执照号",
        "unifiedsocialcreditcode"
    ),
    field!("tier", "服务等级", "Tier", free, "金牌", "等级", "商户等级", "servicetier", "level"),
    field!("industry", "行业", "Industry", free, "餐饮", "行业类别", "经营范围", "业态"),
    field!("settlement_account", "结算账户", "Settlement account", free, "*6621", "结算账号", "结算卡号", "账户", "account"),
];

const STORES: &[Field] = &[
    MID,
    field!("name", "门店名称", "Store name", needed, "顺风面馆张江店", "门店", "网点名称", "store", "name"),
    field!("address", "地址", "Address", needed, "浦东新区张江路18号", "门店地址", "详细地址", "经营地址"),
    field!("district", "区县", "District", needed, "浦东新区", "区", "行政区", "区域"),
    field!("lat", "纬度", "Latitude", free, "31.204", "lat"),
    field!("lng", "经度", "Longitude", free, "121.601", "lng", "lon"),
    field!("hours", "营业时间", "Opening hours", free, "09:00-21:00", "营业时段", "hours"),
    field!("agreement", "服务协议", "Agreement", free, "urban", "协议", "sla"),
];

const CONTACTS: &[Field] = &[
    MID,
    field!("name", "联系人", "Contact", needed, "李店长", "联系人姓名", "姓名", "contactname", "name"),
    field!("phone", "电话", "Phone", free, "13812345521", "手机", "手机号", "联系电话", "联系方式", "mobile", "phonenumber"),
    field!("email", "邮箱", "Mail", free, "li@example.com", "电子邮箱", "email", "mailaddress"),
    field!("duty", "职务", "Duty", free, "店长", "岗位", "角色", "title", "position"),
    field!("store", "门店", "Store", free, "顺风面馆张江店", "门店名称", "网点", "storename"),
];

const TERMINALS: &[Field] = &[
    SERIAL,
    field!("tusn", "终端唯一标识", "TUSN", needed, "00000700001234567890", "唯一标识", "终端唯一编号"),
    field!("model", "型号", "Model", needed, "A920", "终端型号", "机型", "设备型号"),
    field!("batch", "批次", "Batch", free, "2409", "生产批次"),
    field!("firmware", "固件版本", "Firmware", free, "5.2", "固件", "软件版本", "firmwareversion"),
    field!("shipped_on", "出厂日期", "Shipped on", free, "2026-01-15", "出厂时间"),
    field!("activated_on", "启用日期", "In use since", free, "2026-03-01", "激活日期", "装机日期", "启用时间", "activatedon"),
    field!("warranty_until", "保修截止", "Warranty until", free, "2027-03-01", "保修到期", "保修期至", "质保到期"),
    field!("extended_until", "延保截止", "Extended until", free, "2028-03-01", "延保到期", "延长保修至"),
    Field { needed: false, ..MID },
    Field { needed: false, ..TID },
    STORE,
];

const BINDINGS: &[Field] = &[SERIAL, MID, TID, STORE];

const USERS: &[Field] = &[
    field!("username", "用户名", "User name", needed, "li.na", "登录名", "账号", "工号", "login", "user", "account"),
    field!("display_name", "姓名", "Name", needed, "李娜", "名字", "显示名", "员工姓名", "displayname", "fullname"),
    field!("role", "角色", "Role", needed, "坐席", "岗位", "职务", "position"),
    field!("email", "邮箱", "Mail", free, "li.na@example.com", "电子邮箱", "email", "mailaddress"),
    field!("branch", "分支机构", "Branch", free, "", "机构", "分公司", "所属机构", "branchoffice"),
    field!("partner", "所属公司", "Firm", free, "", "公司", "合作方", "partner", "company"),
    field!("acquirer", "收单机构", "Acquirer", free, "", "收单行", "bank"),
    field!("engineer", "工程师", "Engineer", free, "", "工程师姓名", "engineername"),
];

const PARTS: &[Field] = &[
    field!("number", "料号", "Part number", needed, "PAX-A920-PH", "配件编号", "配件号", "物料编码", "物料号", "partno", "sku"),
    field!("name", "配件名称", "Part name", needed, "A920打印头", "名称", "品名", "物料名称", "name", "part"),
    field!("kind", "配件类别", "Kind", needed, "打印头", "类别", "种类", "配件类型", "category", "type"),
    field!("models", "适用型号", "Fits models", free, "A920、A930", "适用机型", "适配型号", "型号", "model"),
    field!("unit", "单位", "Unit", free, "个", "计量单位", "uom"),
    field!("price", "单价（元）", "Price (yuan)", needed, "90.00", "价格", "含税单价", "unitprice"),
    field!("serialised", "有序列号", "Serialised", free, "否", "序列号管理", "是否序列号管理"),
    field!("min_stock", "最低库存", "Minimal stock", free, "5", "安全库存", "库存下限", "minstock", "safetystock"),
];

/// The columns a file of this kind may have.
pub fn fields(kind: ImportKind) -> &'static [Field] {
    match kind {
        ImportKind::Merchants => MERCHANTS,
        ImportKind::Stores => STORES,
        ImportKind::Contacts => CONTACTS,
        ImportKind::Terminals => TERMINALS,
        ImportKind::Bindings => BINDINGS,
        ImportKind::Users => USERS,
        ImportKind::Parts => PARTS,
    }
}

/// Fields no two rows may share: one text cannot be right for several rows.
pub fn unique(kind: ImportKind) -> &'static [&'static str] {
    match kind {
        ImportKind::Merchants => &["mid"],
        ImportKind::Stores | ImportKind::Contacts => &[],
        ImportKind::Terminals => &["serial_no", "tusn"],
        ImportKind::Bindings => &["serial_no", "tid"],
        ImportKind::Users => &["username", "email"],
        ImportKind::Parts => &["number"],
    }
}

/// Whether a column may hold numbers that look like those of cards and are none: what devices, shops and people are known by.
pub fn is_number(field: &str) -> bool {
    matches!(field, "serial_no" | "tusn" | "mid" | "tid" | "uscc" | "phone" | "number")
}

/// A header as headers are compared: in lower case, without blanks, signs and what stands in brackets.
fn plain(header: &str) -> String {
    let outside = header.split(['(', '（', '[', '【']).next().unwrap_or_default();
    outside.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Which column is probably which field: by its header, each column and each field once. Whole matches go first, then headers
/// that contain a field's title.
pub fn guess(kind: ImportKind, headers: &[String]) -> BTreeMap<String, usize> {
    let headers: Vec<String> = headers.iter().map(|h| plain(h)).collect();
    let mut found = BTreeMap::new();
    let mut taken = vec![false; headers.len()];
    let titles = |field: &Field| [field.name, field.zh, field.en].map(plain);
    let whole = |field: &Field, header: &str| titles(field).iter().any(|t| t == header) || field.also.contains(&header);
    let part = |field: &Field, header: &str| {
        let title = plain(field.zh);
        header.contains(&title) || field.also.iter().any(|a| a.chars().count() > 2 && header.contains(a))
    };
    let matchers: [&dyn Fn(&Field, &str) -> bool; 2] = [&whole, &part];
    for matches in matchers {
        for field in fields(kind) {
            if found.contains_key(field.name) {
                continue;
            }
            let column = headers.iter().enumerate().position(|(i, h)| !taken[i] && !h.is_empty() && matches(field, h));
            if let Some(column) = column {
                taken[column] = true;
                found.insert(field.name.to_owned(), column);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_understood_in_both_languages() {
        for &kind in ImportKind::ALL {
            for header in [|f: &Field| f.zh, |f: &Field| f.en, |f: &Field| f.name] {
                let headers: Vec<String> = fields(kind).iter().map(|f| header(f).to_owned()).collect();
                let found = guess(kind, &headers);
                let own: BTreeMap<String, usize> = fields(kind).iter().enumerate().map(|(i, f)| (f.name.to_owned(), i)).collect();
                assert_eq!(found, own, "{kind:?} {headers:?}");
            }
        }
    }

    #[test]
    fn headers_of_other_peoples_tables_are_guessed_and_none_twice() {
        let headers = ["编号", "机具序列号*", "终端型号（必填）", "商户编号", "终端编号(TID)", "备注"].map(str::to_owned);
        let found = guess(ImportKind::Terminals, &headers);
        let at = |name: &str| found.get(name).copied();
        assert_eq!((at("serial_no"), at("model"), at("mid"), at("tid"), at("tusn")), (Some(1), Some(2), Some(3), Some(4), None));
        let twice = ["电话", "手机", "联系人"].map(str::to_owned);
        assert_eq!(guess(ImportKind::Contacts, &twice).get("phone"), Some(&0));
    }
}
