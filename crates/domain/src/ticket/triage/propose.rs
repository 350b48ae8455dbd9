use super::book::{FaultWords, Phrase, TriageBook};
use super::words::{Found, code_tokens, plain};
use super::{CodeFact, Proposal, Signs, TerminalSigns, text};
use crate::ground::Text;

/// What a phrase under `not` takes away.
const NOT_COST: i64 = 45;
/// Most proposals shown.
const MOST: usize = 3;

/// The text and what was found in it.
pub(super) struct Reading {
    pub clauses: Vec<Found>,
    pub all: Found,
    /// The response code, told apart or read from the words.
    pub code: Option<CodeFact>,
    /// The words say it happens with every card.
    pub all_cards: bool,
}

impl Reading {
    pub fn says(&self, atoms: &[u32]) -> bool {
        atoms.iter().any(|a| self.all.has(*a))
    }

    /// 100 when the phrase stands within a clause, 80 when its parts are spread, 0 when it is not there.
    fn fits(&self, phrase: &Phrase) -> u32 {
        let within = |found: &Found| phrase.atoms.iter().all(|a| found.has(*a));
        if !within(&self.all) {
            0
        } else if self.clauses.iter().any(within) {
            100
        } else {
            80
        }
    }
}

struct Candidate<'a> {
    words: &'a FaultWords,
    score: i64,
    evidence: Vec<Text>,
}

impl Candidate<'_> {
    fn add(&mut self, points: i64, zh: String, en: String) {
        self.score += points;
        let sign = if points < 0 { "" } else { "+" };
        self.evidence.push(text(format!("{zh}（{sign}{points}）"), format!("{en} ({sign}{points})")));
    }
}

fn category(words: &FaultWords) -> &str {
    words.fault.code.split('-').next().unwrap_or_default()
}

impl TriageBook {
    pub(super) fn read(&self, signs: &Signs<'_>) -> Reading {
        let letters = plain(signs.symptom);
        let (clauses, all) = self.atoms.find(&letters);
        let told = signs.response_code.map(|c| c.trim().to_ascii_uppercase()).filter(|c| !c.is_empty());
        let code = match told {
            Some(code) => self.code(&code),
            None => code_tokens(&letters).find_map(|token| self.code(&token)),
        };
        let all_cards = self.all_cards.iter().any(|a| all.has(*a));
        Reading { clauses, all, code, all_cards }
    }

    fn code(&self, code: &str) -> Option<CodeFact> {
        self.codes.get(code).cloned()
    }

    /// The fault a code points at. Some issuer-side answers mean something else when every card gets them.
    fn fault_of_code(code: &CodeFact, all_cards: bool) -> Option<&str> {
        match (code.code.as_str(), all_cards) {
            ("55", true) => Some("PAR-01"),
            ("54", true) => Some("APP-06"),
            ("14", true) => Some("ICR-01"),
            _ => code.fault.as_deref(),
        }
    }

    fn by_words<'a>(&'a self, reading: &Reading) -> Vec<Candidate<'a>> {
        let mut candidates = Vec::new();
        for words in &self.faults {
            let mut hits: Vec<(i64, &str)> = words
                .phrases
                .iter()
                .filter_map(|p| Some((i64::from(p.weight * reading.fits(p) / 100), p.written.as_str())).filter(|(w, _)| *w > 0))
                .collect();
            hits.sort_by(|a, b| b.cmp(a));
            let mut candidate = Candidate { words, score: 0, evidence: Vec::new() };
            for (i, (weight, written)) in hits.iter().take(4).enumerate() {
                // Phrases overlap, so only the strongest counts in full.
                let points = if i == 0 { *weight } else { weight / 6 };
                candidate.add(
                    points,
                    format!("提到“{}”", written.replace('+', "…")),
                    format!("mentions “{}”", written.replace('+', " … ")),
                );
            }
            if !hits.is_empty()
                && let Some(p) = words.not.iter().find(|p| reading.fits(p) > 0)
            {
                candidate.add(-NOT_COST, format!("但提到“{}”", p.written), format!("but mentions “{}”", p.written));
            }
            candidates.push(candidate);
        }
        candidates
    }

    fn by_terminal(&self, candidates: &mut [Candidate<'_>], terminal: &TerminalSigns, wider_outage: bool) {
        let best = candidates.iter().max_by_key(|c| c.score).filter(|c| c.score >= 30).map(|c| category(c.words));
        let silent = best.is_none();
        // A jam is a jam, outage or not.
        let may_be_outage = best.is_none_or(|c| matches!(c, "NET" | "TXN" | "PAR" | "HOST"));
        for c in candidates {
            let code = c.words.fault.code.as_str();
            let category = category(c.words);
            let heard = c.score > 0;
            if terminal.tamper && code == "SEC-01" {
                c.add(99, "终端上报了防拆告警".into(), "the terminal raised a tamper alert".into());
            }
            if terminal.offline && category == "NET" && heard {
                c.add(10, "平台收不到这台终端".into(), "the platform does not hear the terminal".into());
            } else if terminal.offline && code == "NET-01" && silent {
                c.add(
                    35,
                    "平台收不到这台终端，描述里没有别的线索".into(),
                    "the platform does not hear the terminal, and the words say little".into(),
                );
            }
            if let Some(health) = terminal.battery_health
                && health < 60
                && heard
                && matches!(code, "BAT-01" | "PWR-02" | "PWR-01" | "BAT-04")
            {
                c.add(12, format!("电池健康度{health}%"), format!("battery health is {health} %"));
            }
            if heard && terminal.faults_before.iter().any(|before| before == code) {
                c.add(10, "90天内出现过同一故障".into(), "the same fault within 90 days".into());
            }
            if terminal.class.as_deref() == Some("mpos") && code == "NET-08" && heard {
                c.add(15, "这台是手机刷卡器".into(), "it is a phone card reader".into());
            }
            if terminal.class.as_deref() == Some("sound_box") && category == "AUD" && heard {
                c.add(15, "这台是云喇叭".into(), "it is a sound box".into());
            }
            if terminal.has_printer == Some(false) && category == "PRN" && heard {
                c.add(-30, "这个型号没有打印机".into(), "this model has no printer".into());
            }
            if wider_outage && may_be_outage && code == "HOST-01" {
                c.add(90, "收单机构正有大面积中断".into(), "its acquirer has an outage".into());
            }
        }
    }

    /// Faults it may be, best first; at most three, none below the book's threshold.
    pub(super) fn proposals(&self, signs: &Signs<'_>, reading: &Reading) -> Vec<Proposal> {
        let mut candidates = self.by_words(reading);
        if let Some(code) = &reading.code
            && let Some(fault) = Self::fault_of_code(code, reading.all_cards)
            && let Some(c) = candidates.iter_mut().find(|c| c.words.fault.code == fault)
        {
            // Told apart it was read off the screen; found in the words it may be a number of something else.
            let points = if signs.response_code.is_some() { 75 } else { 60 };
            c.add(points, format!("应答码{}：{}", code.code, code.name.zh), format!("response code {}: {}", code.code, code.name.en));
        }
        self.by_terminal(&mut candidates, signs.terminal, signs.wider_outage);
        candidates.retain(|c| c.score >= i64::from(self.shown_from));
        // Equal scores keep the order of the taxonomy, so the answer is always the same.
        candidates.sort_by_key(|c| -c.score);
        candidates.truncate(MOST);
        candidates
            .into_iter()
            .map(|c| Proposal {
                fault_code: c.words.fault.code.clone(),
                symptom: c.words.fault.symptom.clone(),
                score: c.score.clamp(0, 99) as u32,
                evidence: c.evidence,
            })
            .collect()
    }
}
