use serde::{Deserialize, Serialize};

crate::ids! {
    /// An organisation that runs its own desk; nothing is ever shared between two of them.
    TenantId = "ten";
    /// A person who can sign in.
    UserId = "usr";
    /// A field engineer (a member of the crew; may or may not be able to sign in).
    EngineerId = "eng";
    /// A branch: the people and the shops of some districts.
    BranchId = "brn";
    /// An acquirer (bank or licensed payment institution).
    AcquirerId = "acq";
}

/// What a person does here. One role per person; what a role may do stands in `org::reach`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Administrator 管理员.
    Admin,
    /// Service agent 客服坐席.
    Agent,
    /// Dispatcher 调度.
    Dispatcher,
    /// Field engineer 工程师.
    Engineer,
    /// Storekeeper 库管.
    Storekeeper,
    /// Supervisor 主管.
    Supervisor,
    /// Quality 质量.
    Quality,
    /// Finance 财务.
    Finance,
    /// An acquirer's own staff 收单机构.
    Acquirer,
    /// Auditor 审计.
    Auditor,
}

impl Role {
    /// Every role, in the order portraits print them.
    pub const ALL: [Role; 10] = [
        Role::Admin,
        Role::Agent,
        Role::Dispatcher,
        Role::Engineer,
        Role::Storekeeper,
        Role::Supervisor,
        Role::Quality,
        Role::Finance,
        Role::Acquirer,
        Role::Auditor,
    ];

    /// The stored and transmitted form.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Agent => "agent",
            Role::Dispatcher => "dispatcher",
            Role::Engineer => "engineer",
            Role::Storekeeper => "storekeeper",
            Role::Supervisor => "supervisor",
            Role::Quality => "quality",
            Role::Finance => "finance",
            Role::Acquirer => "acquirer",
            Role::Auditor => "auditor",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A signed-in member of staff (or of an acquirer).
    Staff {
        /// The person.
        user: UserId,
        /// What they do here.
        role: Role,
        /// Set for the role [`Role::Engineer`].
        engineer: Option<EngineerId>,
        /// Set for the role [`Role::Acquirer`]: the only acquirer whose merchants they see.
        acquirer: Option<AcquirerId>,
        /// Set for people who work for one branch: the only branch whose shops they see.
        branch: Option<BranchId>,
    },
    /// A merchant holding a signed link: a sticker or a ticket's page. Reaches nothing but the thing named in the link.
    Merchant,
    /// The house itself: a timer, a job, an import. The text says which.
    System(&'static str),
}

/// Who asks, and inside which tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Every read and write stays inside this tenant.
    pub tenant: TenantId,
    /// Who asks.
    pub who: Who,
}

impl Caller {
    /// The house acting by itself.
    pub fn system(tenant: TenantId, job: &'static str) -> Self {
        Self { tenant, who: Who::System(job) }
    }

    /// A merchant with a signed link.
    pub fn merchant(tenant: TenantId) -> Self {
        Self { tenant, who: Who::Merchant }
    }

    /// How the caller is written in the audit chain and beside idempotency keys: `usr_…`, `merchant`, `system:ticker`.
    pub fn label(&self) -> String {
        match &self.who {
            Who::Staff { user, .. } => user.to_string(),
            Who::Merchant => "merchant".into(),
            Who::System(job) => format!("system:{job}"),
        }
    }

    /// The signed-in person, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.who {
            Who::Staff { user, .. } => Some(user),
            _ => None,
        }
    }

    /// The engineer behind the caller, if it is one.
    pub fn engineer(&self) -> Option<EngineerId> {
        match self.who {
            Who::Staff { engineer, .. } => engineer,
            _ => None,
        }
    }

    /// The acquirer the caller is bound to, if any.
    pub fn acquirer(&self) -> Option<AcquirerId> {
        match self.who {
            Who::Staff { acquirer, .. } => acquirer,
            _ => None,
        }
    }

    /// The branch the caller is bound to, if any.
    pub fn branch(&self) -> Option<BranchId> {
        match self.who {
            Who::Staff { branch, .. } => branch,
            _ => None,
        }
    }

    /// The role, if it is a signed-in person.
    pub fn role(&self) -> Option<Role> {
        match self.who {
            Who::Staff { role, .. } => Some(role),
            _ => None,
        }
    }
}

/// How far an action reaches for a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    None,
    /// Only what is theirs: an engineer's work orders, an acquirer's merchants, the thing named in a merchant's link.
    Own,
    /// Everything of the tenant.
    All,
}

/// An action somebody may or may not do; implemented by the markers of `org::act`.
pub trait Act: Send + Sync + 'static {
    /// Dotted name: `ticket.read`.
    const NAME: &'static str;
    /// How far it reaches for this caller.
    fn reach(who: &Who) -> Reach;
}
