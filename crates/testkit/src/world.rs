use postsale_domain::ground::{Caller, Role, TenantId, TypedId};
use postsale_server::ground::db::{Done, Tx};
use postsale_server::org;

use crate::{Client, Kit};

/// The password everybody in a test world has.
const PASSWORD: &str = "postsale-test";

/// A tenant with one person per role, each signing in with the role's name and the tenant's code: `agent@t1`.
pub struct World {
    /// The tenant.
    pub tenant: TenantId,
    /// Its code.
    pub code: &'static str,
}

impl World {
    /// Makes the tenant and its people.
    pub async fn new(kit: &Kit, code: &'static str) -> World {
        let number = code.bytes().fold(0_u128, |n, b| n * 256 + u128::from(b));
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(number));
        let world = World { tenant, code };
        let hash = org::api::hash_password(PASSWORD).unwrap();
        world
            .write(kit, move |tx| {
                org::store::add_tenant(tx, code, &format!("租户{code}"))?;
                for role in Role::ALL {
                    let name = format!("{}@{code}", role.as_str());
                    org::store::add_user(tx, &name, &name, role, &hash, None, None)?;
                }
                Ok(())
            })
            .await;
        world
    }

    /// A client signed in as somebody of this role.
    pub async fn client(&self, kit: &Kit, role: Role) -> Client {
        Client::new(&kit.house).sign_in(&format!("{}@{}", role.as_str(), self.code), PASSWORD).await
    }

    /// Writes as the house. Panics when refused.
    pub async fn write<T: Send + 'static>(&self, kit: &Kit, work: impl Fn(&mut Tx<'_>) -> Done<T> + Send + 'static) -> T {
        kit.house.db.write(Caller::system(self.tenant, "test"), kit.now(), work).await.unwrap()
    }

    /// Reads as the house. Panics when refused.
    pub async fn read<T: Send + 'static>(&self, kit: &Kit, work: impl Fn(&mut Tx<'_>) -> Done<T> + Send + 'static) -> T {
        kit.house.db.read(Caller::system(self.tenant, "test"), kit.now(), work).await.unwrap()
    }
}
