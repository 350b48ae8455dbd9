use std::time::{Duration, Instant};

use super::rules_test::book;
use super::{Signs, TerminalSigns};

/// What merchants write and agents type, with the fault a person of the trade would name first.
const SENTENCES: &[(&str, &str)] = &[
    ("PWR-01", "机器昨天还好好的，今天早上怎么按都不开机，充了一小时电也没反应"),
    ("PWR-01", "POS机开不了机了"),
    ("PWR-02", "用着用着就自己关机了，一天好几次"),
    ("PWR-03", "开机以后一直卡在LOGO那里，等了半小时还是那样"),
    ("PWR-04", "这台机子不停重启，没法用"),
    ("PWR-05", "充电器特别烫，还有股糊味"),
    ("PWR-06", "开机键按不下去了"),
    ("BAT-01", "电池不行了，充满电撑不到中午"),
    ("BAT-02", "电池好像鼓起来了，后盖都顶开了"),
    ("BAT-03", "插着充电器也充不进电"),
    ("BAT-04", "电量一会80%一会20%，忽高忽低的"),
    ("BAT-05", "屏幕提示后备电池电压低，请联系服务商"),
    ("SCR-01", "不小心摔了一下，屏幕碎了"),
    ("SCR-02", "触摸屏点不动，要按好几下"),
    ("SCR-03", "屏幕花屏了，什么都看不清"),
    ("SCR-04", "屏幕太暗了，白天根本看不见"),
    ("KEY-01", "数字键3按下去没反应"),
    ("KEY-02", "密码键盘按了没反应，客人输不了密码"),
    ("KEY-03", "提示密码键盘未连接，线是插着的"),
    ("ICR-01", "插卡总是提示读卡失败，换了好几张卡都读不出来"),
    ("ICR-02", "有的卡能读，有的卡读不出来"),
    ("ICR-03", "卡插进去一点反应都没有"),
    ("ICR-04", "客人的银行卡卡在里面拔不出来了"),
    ("ICR-05", "交易的时候显示脱机数据认证失败"),
    ("MSR-01", "刷磁条卡刷了好几次都没反应"),
    ("MSR-02", "插卡老是提示改刷磁条"),
    ("NFC-01", "客人挥卡一点反应没有，插卡是好的"),
    ("NFC-02", "闪付时灵时不灵，有时候要碰好几次"),
    ("SCN-01", "扫码头不亮，扫不了付款码"),
    ("SCN-02", "扫码要扫半天才扫上，客人都等急了"),
    ("SCN-03", "扫微信提示付款码已过期"),
    ("PRN-01", "打印机不出小票，屏幕一直提示缺纸，可是我刚换的纸"),
    ("PRN-01", "打印不出来小票了"),
    ("PRN-02", "小票打出来是空白的"),
    ("PRN-02", "纸出来了但是没有字"),
    ("PRN-03", "小票打得很模糊，客人看不清"),
    ("PRN-03", "打印出来的字太淡了"),
    ("PRN-04", "打印机卡纸了，纸拽不出来"),
    ("PRN-05", "装纸的盖子合不上了"),
    ("PRN-06", "打一半就停了，提示打印机过热"),
    ("PRN-07", "小票抬头是别人家的店名，帮我改一下"),
    ("NET-01", "机器没网了，什么都刷不了"),
    ("NET-01", "显示无网络，重启也没用"),
    ("NET-02", "一直提示请插入SIM卡"),
    ("NET-03", "流量卡好像欠费停机了"),
    ("NET-04", "我们店在地下室，信号只有一格，经常刷不成"),
    ("NET-05", "换了宽带以后POS连不上WiFi"),
    ("NET-05", "wifi 密码改了，机器连不上"),
    ("NET-06", "网线插上了还是不通"),
    ("NET-07", "手机能上网，POS也有信号，就是提示连接主机失败"),
    ("NET-08", "蓝牙刷卡器老是和手机断开"),
    ("NET-09", "刷卡特别慢，转圈转半天最后交易超时"),
    ("SEC-01", "屏幕显示终端被触发，请联系厂商"),
    ("SEC-01", "机器报ALERT IRRUPTION"),
    ("SEC-02", "提示无主密钥，不能交易"),
    ("SEC-03", "机器背面封条破了，螺丝好像被人动过"),
    ("SEC-04", "发现刷卡槽上被人加装了一个东西"),
    ("SEC-05", "后台登记的序列号和机器背面的不一样"),
    ("SEC-06", "开机提示系统被ROOT，安全校验失败"),
    ("SEC-07", "收到通知说这个机型PCI认证到期了要换"),
    ("APP-01", "点收款软件就闪退"),
    ("APP-02", "提示版本过低，请升级后再交易"),
    ("APP-03", "系统更新失败，一直报错"),
    ("APP-04", "提示存储空间不足"),
    ("APP-05", "机器越来越卡，点什么都慢"),
    ("APP-06", "小票上的日期不对，差了一天"),
    ("APP-07", "操作员密码忘了，登不进去"),
    ("APP-08", "平台上显示离线，但是我这边收款正常"),
    ("PAR-01", "签到失败，提示MAC校验错A0"),
    ("PAR-01", "早上开门签到签不上，说校验错请重新签到"),
    ("PAR-02", "签到报97终端未登记"),
    ("PAR-02", "交易提示03无效商户"),
    ("PAR-03", "签到提示主密钥错误"),
    ("PAR-04", "下载参数失败，进度条走到一半就停"),
    ("PAR-05", "想做预授权，提示没开通"),
    ("PAR-06", "手续费扣得不对，合同写的不是这个费率"),
    ("PAR-07", "提示77批次不一致，让我先结算"),
    ("SET-01", "结算的时候对账不平"),
    ("SET-02", "一直提示上一笔要先冲正，做不了新的交易"),
    ("SET-03", "机器提示存储交易已满"),
    ("SET-04", "昨天刷的钱到现在还没到账"),
    ("TXN-01", "有个客人的卡提示余额不足，别的卡都可以"),
    ("TXN-01", "这张卡一直被拒，换一张卡就好了"),
    ("TXN-02", "所有卡都刷不了，都提示96系统故障"),
    ("TXN-03", "客人说钱扣了，但是我这边没出小票"),
    ("TXN-04", "客人的卡被扣了两次钱"),
    ("TXN-05", "店搬到隔壁街了，现在刷卡说位置和登记的不符"),
    ("PER-01", "收银机和POS连不上了，金额传不过去"),
    ("PER-02", "结账的时候钱箱弹不开"),
    ("PER-03", "厨房打印机不出单"),
    ("PER-04", "充电底座的灯不亮"),
    ("AUD-01", "云喇叭收款没有声音了"),
    ("AUD-02", "收款播报要过好几分钟才响，有时还漏播"),
    ("AUD-03", "按键没有滴滴声了"),
    ("LOC-01", "提示定位失败，无法获取位置"),
    ("LOC-02", "收到短信说机器离开登记位置"),
    ("QRB-01", "桌上的收款码牌磨花了，扫不出来"),
    ("QRB-02", "客人扫码付的钱到别人账户去了"),
    ("PHY-01", "服务员把汤洒到机器上了"),
    ("PHY-02", "机器掉地上外壳摔裂了，还能用"),
    ("PHY-03", "POS机昨晚被偷了"),
    ("USR-01", "请问怎么退货？新来的不会操作"),
    ("USR-02", "小朋友把收款软件图标删没了"),
    ("USR-03", "能不能把刚才那笔的小票重打一张"),
    ("HOST-01", "我们整条街的POS都刷不了"),
    ("PWR-01", "The terminal is dead, it won't turn on even when plugged in"),
    ("PRN-03", "Receipts are so faint that customers complain"),
    ("PRN-04", "paper jam again, I can't open it"),
    ("NET-05", "We changed the router and now it can't connect to the Wi-Fi"),
    ("PAR-02", "Sign in fails with 97, terminal not registered"),
    ("TXN-04", "A customer was charged twice for one meal"),
    ("SEC-01", "Screen says TAMPER, machine is locked"),
    ("AUD-01", "Sound box is silent since this morning"),
    ("SET-04", "Yesterday's money has not arrived in my account"),
    ("PHY-01", "Somebody spilled coffee on the card machine"),
    ("PWR-05", "机器冒烟，有烧焦味道"),
    ("PWR-05", "There is smoke and a burning smell from the machine"),
    ("PRN-01", "The printer does not print"),
    ("PWR-01", "My terminal will not turn on"),
    // Said in a roundabout way, as people do.
    ("NET-01", "早上到店就发现左上角一个叉，刷不了卡"),
    ("PRN-01", "刷完卡不吐小票"),
    ("PWR-01", "按了半天电源，屏幕就是不亮"),
    ("NFC-01", "客人手机贴上去没动静"),
    ("SET-04", "上周五的款子现在都没看见"),
    ("APP-05", "点一下要等好久才动"),
    ("SCN-02", "客人手机凑到窗口好久都嘀不了"),
    ("TXN-02", "今天谁的卡都不行，一刷就说交易失败"),
];

/// A keyword reader names the first fault of about nine in ten such sentences: 112 of 123 before phrases were added for what it missed. The promise: at least 85 of 100 first, at least 92
/// of 100 among the three shown; the agent sees three and chooses. Roundabout sentences are in the count on purpose.
/// The phrases and these sentences were written by the same people, so in the field expect less until phrases grow from
/// confirmed cases.
#[test]
fn most_sentences_find_their_fault() {
    let book = book();
    let none = TerminalSigns::default();
    let (mut first, mut shown, mut misses) = (0, 0, Vec::new());
    for (expected, sentence) in SENTENCES {
        let signs = Signs { symptom: sentence, response_code: None, terminal: &none, wider_outage: false };
        let proposals = book.judge(&signs).proposals;
        let found: Vec<String> = proposals.iter().map(|p| format!("{} {}", p.fault_code, p.score)).collect();
        if proposals.first().is_some_and(|p| p.fault_code == *expected) {
            first += 1;
        } else {
            misses.push(format!("{expected}: {sentence} -> {found:?}"));
        }
        shown += usize::from(proposals.iter().any(|p| p.fault_code == *expected));
    }
    let total = SENTENCES.len();
    println!("first {first}/{total}, shown {shown}/{total}\n{}", misses.join("\n"));
    assert!(total >= 80);
    assert!(first * 100 >= total * 85 && shown * 100 >= total * 92, "first {first}, shown {shown} of {total}:\n{}", misses.join("\n"));
}

#[test]
fn every_fault_is_found_by_some_sentence() {
    let spoken: std::collections::BTreeSet<&str> = SENTENCES.iter().map(|(f, _)| *f).collect();
    assert_eq!(spoken.len(), 95, "each fault of the taxonomy has a sentence");
}

/// 200 letters within 200 microseconds in release. The bound here is ten times that: tests may run unoptimised on a busy machine.
#[test]
fn judging_is_quick() {
    let book = book();
    let none = TerminalSigns::default();
    let text: String = SENTENCES.iter().map(|(_, s)| *s).collect::<Vec<_>>().join("，").chars().take(200).collect();
    let signs = Signs { symptom: &text, response_code: Some("A0"), terminal: &none, wider_outage: false };
    let best = (0..50)
        .map(|_| {
            let begin = Instant::now();
            let judged = book.judge(&signs);
            assert_eq!(judged.proposals.len(), 3);
            begin.elapsed()
        })
        .min();
    println!("200 letters: {best:?}");
    assert!(best < Some(Duration::from_micros(2_000)), "{best:?}");
}
