//! Data elements, and the masks and alphabets that they name (reference lines 2971-2991; notes section 3).

use upstream::{Endpoint, Error, check_filled};

use crate::pim::{
    Alphabet, AlphabetUid, DataElement, DataElementUid, Mask, MaskUid, NewAlphabet, NewDataElement, NewMask,
};

use super::{Created, Pim, endpoint};

impl Pim<'_> {
    /// All data elements, `GET /pim/dataelements`. Rows that name nothing are left out.
    pub async fn data_elements(self) -> Result<Vec<DataElement>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/dataelements");
        self.objects(ENDPOINT, "/dataelements", "dataElements").await
    }

    /// Creates a data element, `POST /pim/dataelements`: the sample's path, not the heading's (reference lines
    /// 2983-2989, row 65). Nothing of it but the description can be changed afterwards.
    pub async fn create_data_element(
        self,
        element: &NewDataElement,
    ) -> Result<Created<DataElementUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/dataelements");
        check_filled(ENDPOINT, "data element's name", &element.name)?;
        check_filled(ENDPOINT, "protection method", element.method.key())?;
        if ["name", "description", "uid"].contains(&element.method.key()) {
            return Err(Error::refused(
                ENDPOINT,
                "the protection method has the name of another field",
            ));
        }
        self.create(ENDPOINT, "/dataelements", element).await
    }

    /// All masks, `GET /pim/masks`. Rows that name nothing are left out.
    pub async fn masks(self) -> Result<Vec<Mask>, Error> {
        self.objects(endpoint("GET /pim/masks"), "/masks", "masks").await
    }

    /// Creates a mask, `POST /pim/masks`.
    pub async fn create_mask(self, mask: &NewMask) -> Result<Created<MaskUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/masks");
        check_filled(ENDPOINT, "mask's name", &mask.name)?;
        self.create(ENDPOINT, "/masks", mask).await
    }

    /// All alphabets, `GET /pim/alphabets`. Rows that name nothing are left out.
    pub async fn alphabets(self) -> Result<Vec<Alphabet>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/alphabets");
        self.objects(ENDPOINT, "/alphabets", "alphabets").await
    }

    /// Creates an alphabet, `POST /pim/alphabets`. One without characters is refused here.
    pub async fn create_alphabet(self, alphabet: &NewAlphabet) -> Result<Created<AlphabetUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/alphabets");
        check_filled(ENDPOINT, "alphabet's label", &alphabet.label)?;
        if !alphabet.is_usable() {
            return Err(Error::refused(
                ENDPOINT,
                "the alphabet has no characters, or a range that ends before it begins",
            ));
        }
        self.create(ENDPOINT, "/alphabets", alphabet).await
    }
}
