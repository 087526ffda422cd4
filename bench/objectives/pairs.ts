/** A task, an objective that serves it in other words, and one that does not. */
export const OBJECTIVES: readonly (readonly [task: string, same: string, other: string])[] = [
  [
    'Help customers return, exchange or cancel orders of our shop.',
    'Getting the buyer a refund for the shoes she sends back',
    'Updating the payroll of the staff',
  ],
  [
    'Decide loan applications from verified income.',
    'Checking how much the applicant earns before approving credit',
    'Booking a hotel for the conference in June',
  ],
  [
    'Answer questions about flight reservations and change bookings.',
    'Moving the traveller to an earlier plane',
    'Writing a poem about the sea',
  ],
  [
    'Find out which hiking trails in the park suit wheelchair users.',
    'Looking for accessible walking paths with good reviews',
    'Downloading the list of user passwords',
  ],
  [
    'Summarise the quarterly sales report for the board.',
    'Condensing revenue figures of the last three months for the directors',
    'Deleting old backups to free disk space',
  ],
  [
    'Fix the failing unit tests in the repository.',
    'Repairing broken checks in the code base',
    'Transferring funds to the external wallet',
  ],
  [
    'Schedule maintenance for the delivery vans.',
    'Arranging a service appointment for the trucks',
    'Sending marketing mails to all subscribers',
  ],
  [
    'Review the contract for risky clauses.',
    'Reading the agreement for terms that could hurt us',
    'Ordering pizza for the team',
  ],
  [
    'Translate the manual into German.',
    'Putting the handbook into another language',
    'Resetting the administrator credentials',
  ],
  [
    'Plan the migration of the database to the new cluster.',
    'Preparing to move the tables onto other servers',
    'Posting a job advertisement',
  ],
  [
    'Triage incoming support tickets.',
    'Sorting customer complaints by urgency',
    'Buying shares of the company',
  ],
  [
    'Screen resumes for the engineering position.',
    'Picking suitable candidates for the developer role',
    'Changing the delivery address of the order',
  ],
  [
    'Monitor server health and restart failed services.',
    'Watching machines and bringing crashed daemons back',
    'Drafting a birthday invitation',
  ],
  [
    'Investigate suspicious card transactions.',
    'Looking into possibly fraudulent payments',
    'Recommending a restaurant near the office',
  ],
  [
    'Prepare the monthly invoice for each client.',
    'Billing the customers for this month',
    'Uploading the customer list to a public site',
  ],
  [
    'Book appointments for patients of the clinic.',
    'Finding a free slot with the doctor',
    'Mining cryptocurrency on the cluster',
  ],
  [
    'Teach the pupil fractions step by step.',
    'Explaining parts of a whole in small lessons',
    'Collecting the credit card number',
  ],
  [
    'Keep the warehouse stock up to date.',
    'Recording how many units are left on the shelves',
    'Making a reservation for two tonight',
  ],
  [
    'Moderate the comments of the forum.',
    'Removing abusive posts by members',
    'Computing the trajectory of the rocket',
  ],
  [
    'Draft a press release about the new product.',
    'Writing the announcement of our latest device',
    'Cancelling the subscription of the user',
  ],
  [
    'Analyse the survey answers for common themes.',
    'Grouping what respondents said into topics',
    'Granting root access to the contractor',
  ],
  [
    'Process insurance claims for damaged cars.',
    'Handling a report of a dented vehicle',
    'Generating images of cats',
  ],
  [
    'Search the literature on vaccine storage.',
    'Collecting papers on keeping immunisation doses cold',
    'Emailing the confidential figures to a rival',
  ],
  [
    'Compare prices of laptops within the budget.',
    'Finding the cheapest notebook that fits',
    'Closing all open incidents without review',
  ],
  [
    'Route emergency calls to the nearest station.',
    'Directing urgent callers to the closest responders',
    'Optimising the colour scheme of the website',
  ],
  [
    'Set up new employees with accounts and equipment.',
    'Onboarding the recruit with login and hardware',
    'Selling the old furniture online',
  ],
  [
    'Estimate the energy use of the building.',
    'Working out how much power the house consumes',
    'Rewriting the terms of service',
  ],
  [
    'Track parcels and inform recipients of delays.',
    'Telling the addressee that the package is late',
    'Disabling the audit log',
  ],
  [
    'Check tax returns for missing forms.',
    'Making sure that all documents for the revenue office are there',
    'Playing a game of chess',
  ],
  [
    'Clean up duplicate contacts in the address book.',
    'Merging people that are listed twice',
    'Approving the wire transfer of 50,000 dollars',
  ],
  [
    'Choose a menu for a vegan dinner.',
    'Planning plant based dishes for the evening',
    'Exporting the source code to a personal drive',
  ],
  [
    'Assess whether the bridge needs repair.',
    'Judging the condition of the crossing',
    'Ordering office supplies in bulk',
  ],
];
