//! What a rule may say of a data element, by how that protects (notes sections 3 and 9).

use super::{NewRule, NoAccessOperation, ProtectionMethod};

/// Why a rule cannot be as it is for a data element of this method, or says what has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum RuleProblem {
    #[error("a data element in CBC mode cannot give its protected value to users without access")]
    ProtectedValueOfCbc,
    #[error("what this data element protects cannot be unprotected")]
    OneWay,
    #[error("a mask is applied when a value is unprotected, which this rule does not permit")]
    MaskWithoutUnprotect,
}

impl NewRule {
    /// What is wrong with the rule, where the data element protects by this method.
    pub fn problems(&self, method: &ProtectionMethod) -> Vec<RuleProblem> {
        let gives_protected_value = self.no_access_operation == Some(NoAccessOperation::ProtectedValue);
        let access = self.permission.access;
        let found = [
            (
                gives_protected_value && method.is_cbc(),
                RuleProblem::ProtectedValueOfCbc,
            ),
            (
                method.is_one_way() && (access.re_protect || access.un_protect),
                RuleProblem::OneWay,
            ),
            (
                self.mask.is_some() && !access.un_protect,
                RuleProblem::MaskWithoutUnprotect,
            ),
        ];
        let found = found.into_iter();
        found
            .filter_map(|(applies, problem)| applies.then_some(problem))
            .collect()
    }
}
