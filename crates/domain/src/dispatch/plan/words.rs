use super::super::model::{against, listed};
use super::model::{Alternative, Day, DayJob, Obstacle, Placed};
use super::rules::way_metres;
use crate::ground::Text;

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// Fen as people read them.
pub fn money(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}¥{}.{:02}", (fen / 100).abs(), (fen % 100).abs())
}

/// The name of a term of a plan's cost.
pub fn term_name(code: &str) -> Text {
    match code {
        "travel" => text("路程", "Driving"),
        "time" => text("工时", "Hours"),
        "overtime" => text("加班", "Overtime"),
        "lateness" => text("超时限", "After the deadline"),
        "unserved" => text("未派", "Left undone"),
        "reassign" => text("换人", "Another engineer than before"),
        "retime" => text("改时间", "Another time than before"),
        _ => text("跨片区", "Outside the territory"),
    }
}

/// Why an order has its place: what it costs there, how it stands to its deadline, and what the next best would cost.
pub fn why_here(day: &Day, job: &DayJob, placed: Placed, extra_fen: Option<i64>, others: &[Alternative]) -> Vec<Text> {
    let person = &day.people[placed.person];
    let mut why = Vec::new();
    if job.standing.fixed() {
        why.push(text("固定：计划不动它", "Pinned or begun: the plan leaves it"));
    }
    if !job.skills.is_empty() {
        let skills = listed(&job.skills);
        why.push(text(format!("技能齐备且证书有效：{}", skills.zh), format!("Has every skill, certificates valid: {}", skills.en)));
    }
    why.extend(job.due.map(|due| against(due, placed.slot.to)));
    let district = &job.district;
    if person.territory.contains(district) {
        why.push(text(format!("负责{district}"), format!("Covers {district}")));
    } else {
        why.push(text(format!("不负责{district}"), format!("Does not cover {district}")));
    }
    if job.place.is_some() {
        let km = f64::from(way_metres(Some(person.home), job.place)) / 1000.0;
        why.push(text(format!("从出发地{km:.1}公里"), format!("{km:.1} km from where the day starts")));
    }
    // What stands fixed was not chosen for its price.
    if let Some(extra_fen) = extra_fen.filter(|_| !job.standing.fixed()) {
        let adds = money(extra_fen);
        why.push(match others.first() {
            Some(next) => {
                let (name, more) = (&day.people[next.placed.person].name, money(next.extra_fen - extra_fen));
                text(format!("增加费用{adds}；次选{name}多{more}"), format!("Adds {adds}; the next best, {name}, {more} more"))
            }
            None => text(format!("增加费用{adds}；没有别人能做"), format!("Adds {adds}; nobody else can")),
        });
    }
    why
}

/// What kept an order out, in words.
pub fn why_not(obstacle: &Obstacle) -> Vec<Text> {
    match obstacle {
        Obstacle::Closed => vec![text("当天门店营业时间内排不下", "The shop is not open long enough that day")],
        Obstacle::Promised(_) => {
            vec![text("已向商户承诺别的时间；只有人可以改", "The merchant was promised another time; only a person moves it")]
        }
        Obstacle::Nobody { skills, full, time, of } => {
            let mut why = Vec::new();
            if *skills > 0 {
                why.push(text(
                    format!("{of}人中{skills}人缺技能或证书过期"),
                    format!("Without the skill or a valid certificate: {skills} of {of}"),
                ));
            }
            if *full > 0 {
                why.push(text(format!("{of}人中{full}人当天已满或不上班"), format!("With a full day or not at work: {full} of {of}")));
            }
            if *time > 0 {
                let zh = format!("{of}人中{time}人在营业、承诺、班次和其他上门之间排不进");
                why.push(text(zh, format!("Without time between shop hours, promise, shift and other visits: {time} of {of}")));
            }
            if why.is_empty() {
                why.push(text("当天没有人上班", "Nobody is at work that day"));
            }
            why
        }
        Obstacle::TooDear { extra_fen, undone_fen } => {
            let (extra, undone) = (money(*extra_fen), money(*undone_fen));
            vec![text(
                format!("最便宜的安排要{extra}，高于留到以后的{undone}"),
                format!("The cheapest place costs {extra}, more than leaving it at {undone}"),
            )]
        }
        Obstacle::Stays => {
            vec![text(
                "和其他安排排不到一起；仍由原工程师负责，请人工决定",
                "Does not fit with the rest; stays with its engineer until a person decides",
            )]
        }
    }
}
