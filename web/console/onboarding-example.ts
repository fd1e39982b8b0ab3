/** A file with one of each kind of line, to be tried and to be written over. */
export const onboardingExample = [
  'record,company,name,userType,currency,brand,code,email,key,override,reason,validUntil,number,country',
  'COMPANY,EXAMPLE,Example Bakery,CUSTOMER,EUR,(none)',
  'CODE,EXAMPLE,,,,,example-1',
  'CONTACT,EXAMPLE,Ada Example,,,,,ada@bakery.example',
  'OVERRIDE,EXAMPLE,,,,,,,cdr,HIDE,Until the contract is signed,2030-01-01T00:00:00Z',
  'DID,EXAMPLE,,,,,,,,,,,442079460001,GB',
  ''
].join('\n')
