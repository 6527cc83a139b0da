// Made from the API by `flask docs types > web/types/openapi.d.ts`; a test holds it to the API.

declare namespace Api {
  interface Paths {
    "/city": {
      get: { answer: CityShown };
    };
    "/terms": {
      get: { answer: Terms };
    };
    "/auth/codes": {
      post: { json: CodeWish; answer: CodeSent };
    };
    "/auth/tokens": {
      post: { json: SignIn; answer: TokenPair };
      delete: { answer: null };
    };
    "/auth/tokens/refresh": {
      post: { json: Refresh; answer: TokenPair };
    };
    "/me": {
      get: { answer: Me };
      patch: { json: ProfileChange; answer: Me };
      delete: { json?: Leave; answer: Leaving };
    };
    "/me/membership": {
      put: { json: Membership; answer: Me };
    };
    "/me/consents/{purpose}": {
      put: { path: { purpose: string }; answer: ConsentShown };
      delete: { path: { purpose: string }; answer: null };
    };
    "/me/sessions": {
      get: { query?: { cursor?: string; limit?: number }; answer: SessionPage };
    };
    "/me/sessions/{session_id}": {
      delete: { path: { session_id: string }; answer: null };
    };
    "/me/export": {
      get: { answer: Export };
    };
    "/me/access-log": {
      get: { query?: { cursor?: string; limit?: number }; answer: LookPage };
    };
    "/roles": {
      get: { query?: { cursor?: string; limit?: number }; answer: GrantPage };
      post: { json: NewRole; answer: Grant };
    };
    "/roles/{grant_id}": {
      delete: { path: { grant_id: string }; answer: null };
    };
    "/audit": {
      get: { query?: { cursor?: string; limit?: number; office?: string; kind?: string; from?: string; to?: string }; answer: LogPage };
    };
    "/deeds": {
      get: { query?: { cursor?: string; limit?: number; category?: string; district?: string; access?: string; q?: string; all?: boolean }; answer: DeedPage };
      post: { json: NewDeed; answer: DeedItem };
    };
    "/deeds/{code}": {
      get: { path: { code: string }; answer: DeedItem };
      put: { path: { code: string }; json: ChangedDeed; answer: DeedItem };
    };
    "/deeds/{code}/versions": {
      get: { path: { code: string }; query?: { cursor?: string; limit?: number }; answer: DeedVersionPage };
    };
    "/districts": {
      get: { answer: DistrictPage };
    };
    "/deeds/preview": {
      post: { json: NewDeed; answer: ItemTold };
    };
    "/deeds/import": {
      post: { json: DeedsSent; answer: TableLoaded };
    };
    "/events": {
      get: { query?: { cursor?: string; limit?: number; deed?: string; district?: string; from?: string }; answer: EventPage };
      post: { json: NewEvent; answer: EventItem };
    };
    "/me/events": {
      get: { query?: { cursor?: string; limit?: number }; answer: EventPage };
    };
    "/events/{event_id}": {
      get: { path: { event_id: string }; answer: EventItem };
      patch: { path: { event_id: string }; json: EventChange; answer: EventItem };
      delete: { path: { event_id: string }; answer: null };
    };
    "/events/{event_id}/code": {
      get: { path: { event_id: string }; answer: EventCodeShown };
    };
    "/events/{event_id}/attendance": {
      get: { path: { event_id: string }; query?: { cursor?: string; limit?: number }; answer: AttendancePage };
    };
    "/confirmations": {
      get: { query?: { cursor?: string; limit?: number }; answer: AwaitingPage };
    };
    "/submissions/{submission_id}/confirmation": {
      post: { path: { submission_id: string }; json: NewConfirmation; answer: ConfirmationGiven };
    };
    "/submissions": {
      get: { query?: { cursor?: string; limit?: number; open?: boolean }; answer: SubmissionPage };
      post: { json: NewSubmission; answer: SubmissionItem };
    };
    "/submissions/{submission_id}": {
      get: { path: { submission_id: string }; answer: SubmissionItem | ReviewedSubmission };
      patch: { path: { submission_id: string }; json: SubmissionChange; answer: SubmissionItem };
      delete: { path: { submission_id: string }; answer: SubmissionItem };
    };
    "/submissions/{submission_id}/evidence": {
      post: { path: { submission_id: string }; form: FormData; answer: EvidenceAdded };
    };
    "/me/caps": {
      get: { answer: CapsTaken };
    };
    "/evidence/{evidence_id}": {
      get: { path: { evidence_id: string }; answer: Blob };
    };
    "/check-ins": {
      post: { json: CheckIn; answer: SubmissionItem };
    };
    "/reason-codes": {
      get: { answer: ReasonList };
    };
    "/review-queue": {
      get: { query?: { category?: string; event?: string; queued_before?: string; needs_second?: boolean; cursor?: string; limit?: number }; answer: QueuePage };
    };
    "/review-queue/lease": {
      post: { query?: { category?: string; event?: string; queued_before?: string; needs_second?: boolean; beside?: Array<string> }; answer: ReviewedSubmission | null };
      delete: { json: GiveBack; answer: null };
    };
    "/submissions/{submission_id}/verification": {
      post: { path: { submission_id: string }; json: Verification; answer: Decided };
    };
    "/events/{event_id}/verification": {
      post: { path: { event_id: string }; json: EventVerification; answer: EventDecided };
    };
    "/submissions/{submission_id}/reversal": {
      post: { path: { submission_id: string }; json: Reversing; answer: Reversed };
    };
    "/me/points": {
      get: { answer: Points };
    };
    "/me/points/entries": {
      get: { query?: { cursor?: string; limit?: number }; answer: EntryShownPage };
    };
    "/benefits": {
      get: { query?: { cursor?: string; limit?: number; category?: string; partner?: string; all?: boolean }; answer: BenefitShownPage };
      post: { json: BenefitNew; answer: BenefitShown };
    };
    "/benefits/{code}": {
      get: { path: { code: string }; answer: BenefitShown };
      patch: { path: { code: string }; json: BenefitChange; answer: BenefitShown };
    };
    "/benefits/preview": {
      post: { json: BenefitWish; answer: ItemTold };
    };
    "/benefits/import": {
      post: { json: TableSent; answer: TableLoaded };
    };
    "/benefits/{code}/stock": {
      post: { path: { code: string }; json: StockChange; answer: StockShown };
    };
    "/partners": {
      get: { query?: { cursor?: string; limit?: number }; answer: PartnerShownPage };
      post: { json: PartnerNew; answer: PartnerShown };
    };
    "/partners/{code}": {
      patch: { path: { code: string }; json: PartnerChange; answer: PartnerShown };
    };
    "/vouchers": {
      get: { query?: { cursor?: string; limit?: number }; answer: VoucherShownPage };
      post: { key: string; json: VoucherWish; answer: VoucherBought };
    };
    "/vouchers/{voucher_id}": {
      get: { path: { voucher_id: string }; answer: VoucherWithCode };
      delete: { path: { voucher_id: string }; answer: VoucherEnded };
    };
    "/vouchers/{voucher_id}/qr.svg": {
      get: { path: { voucher_id: string }; answer: Blob };
    };
    "/vouchers/{voucher_id}/refund": {
      post: { path: { voucher_id: string }; json: RefundReason; answer: VoucherEnded };
    };
    "/till/lookups": {
      post: { json: TillCode; answer: Glance };
    };
    "/till/redemptions": {
      get: { query?: { cursor?: string; limit?: number; since?: string }; answer: RedemptionShownPage };
      post: { key: string; json: TillCode; answer: RedemptionShown };
    };
    "/till/redemptions/{redemption_id}": {
      delete: { path: { redemption_id: string }; answer: RedemptionShown };
    };
    "/partner/statement": {
      get: { query: { month: string; partner?: string; format?: "json" | "csv" | "xlsx" | "pdf" }; answer: Statement };
    };
    "/partners/{code}/pairings": {
      post: { path: { code: string }; json: PairingNew; answer: PairingShown };
    };
    "/partners/{code}/devices": {
      get: { path: { code: string }; query?: { cursor?: string; limit?: number }; answer: TillShownPage };
    };
    "/partners/{code}/devices/{till_id}": {
      delete: { path: { code: string; till_id: string }; answer: null };
    };
    "/till/devices": {
      post: { json: TillNew; answer: Paired };
    };
    "/till/shifts": {
      post: { json: Pin; answer: ShiftOpened };
      delete: { answer: null };
    };
    "/till/me": {
      get: { answer: TillOwn };
    };
    "/overview/points": {
      get: { query?: { format?: "json" | "csv"; from?: string | null; to?: string | null; per?: "day" | "month" | "week" }; answer: PointsOverview };
    };
    "/overview/redemptions": {
      get: { query?: { format?: "json" | "csv"; from?: string | null; to?: string | null; per?: "day" | "month" | "week" }; answer: RedemptionsOverview };
    };
    "/liability": {
      get: { query?: { format?: "json" | "csv" }; answer: Liability };
    };
    "/overview/review": {
      get: { query?: { format?: "json" | "csv"; from?: string | null; to?: string | null; per?: "day" | "month" | "week" }; answer: ReviewOverview };
    };
  }

  interface ProblemError {
    field: string;
    reason: string;
    rule?: string;
  }

  interface Problem {
    type: string;
    title: string;
    status: number;
    code: string;
    request_id?: string;
    errors?: Array<ProblemError>;
  }

  interface PaginationMetadata {
    total?: number;
    total_pages?: number;
    first_page?: number;
    last_page?: number;
    page?: number;
    previous_page?: number;
    next_page?: number;
  }

  interface Health {
    status: string;
  }

  interface CityShown {
    code: string;
    name: string;
    zone: string;
    languages: Array<"en" | "es" | "ca" | "pt">;
    currency: string;
    terms_version: string;
    claim_window_days: number;
    leaving_window_days: number;
  }

  interface Terms {
    version: string;
    text: string;
  }

  interface CodeWish {
    email: string;
  }

  interface CodeSent {
    expires_in: number;
  }

  interface SignIn {
    email: string;
    code: string;
    terms_version?: string;
  }

  interface TokenPair {
    access_token: string;
    refresh_token: string;
    expires_in: number;
  }

  interface Refresh {
    refresh_token: string;
  }

  interface RoleShown {
    role: "auditor" | "clerk" | "manager" | "organiser" | "verifier";
    partner: string | null;
    office: string;
  }

  interface ConsentShown {
    purpose: string;
    version: string;
    text: string;
    given_at: string | null;
  }

  interface Me {
    id: string;
    email: string;
    name: string | null;
    language: string | null;
    district: string | null;
    notices: "email" | "none";
    status: "active" | "leaving";
    joined_at: string | null;
    terms_version: string | null;
    terms_in_force: string;
    roles: Array<RoleShown>;
    consents: Array<ConsentShown>;
    erase_at: string | null;
  }

  interface ProfileChange {
    name?: string | null;
    language?: "en" | "es" | "ca" | "pt";
    district?: string | null;
    notices?: "email" | "none";
  }

  interface Leave {
    now?: boolean;
  }

  interface Leaving {
    status: "leaving" | "erased";
    erase_at: string;
  }

  interface Membership {
    terms_version: string;
  }

  interface SessionShown {
    id: string;
    created_at: string;
    last_used_at: string;
    expires_at: string;
    is_current: boolean;
  }

  interface SessionPage {
    items: Array<SessionShown>;
    next_cursor: string | null;
  }

  interface Export {
    exported_at: string;
    sections: Record<string, unknown>;
  }

  interface Look {
    at: string;
    office: string;
    kind: string;
    purpose: string;
    object: string;
  }

  interface LookPage {
    items: Array<Look>;
    next_cursor: string | null;
  }

  interface Grant {
    id: string;
    email: string | null;
    role: "auditor" | "clerk" | "manager" | "organiser" | "verifier";
    partner: string | null;
    office: string | null;
    granted_at: string;
  }

  interface GrantPage {
    items: Array<Grant>;
    next_cursor: string | null;
  }

  interface NewRole {
    email: string;
    role: "auditor" | "clerk" | "manager" | "organiser" | "verifier";
    partner?: string;
    office?: string;
  }

  interface LogEntry {
    at: string;
    office: string;
    kind: string;
    purpose: string;
    object: string;
    id: string;
    subject: string | null;
    actor: string | null;
  }

  interface LogPage {
    items: Array<LogEntry>;
    next_cursor: string | null;
  }

  interface DeedItem {
    code: string;
    title: string;
    category: string;
    titles: Record<string, string>;
    points: number;
    unit: "deed" | "hour" | "item";
    max_per_day: number;
    max_per_year: number;
    evidence: Array<string>;
    minutes: number;
    access: Array<string>;
    districts: Array<string>;
    purpose: string;
    review_by: string;
    source: string | null;
    paused_until: string | null;
    version: number;
    in_force_from: string;
    is_open: boolean;
  }

  interface DeedPage {
    items: Array<DeedItem>;
    next_cursor: string | null;
  }

  interface Difference {
    field: string;
    before: unknown;
    after: unknown;
  }

  interface DeedVersionItem {
    code: string;
    title: string;
    category: string;
    titles: Record<string, string>;
    points: number;
    unit: "deed" | "hour" | "item";
    max_per_day: number;
    max_per_year: number;
    evidence: Array<string>;
    minutes: number;
    access: Array<string>;
    districts: Array<string>;
    purpose: string;
    review_by: string;
    source: string | null;
    paused_until: string | null;
    version: number;
    in_force_from: string;
    is_open: boolean;
    published_at: string;
    reason: string;
    changes: Array<Difference>;
  }

  interface DeedVersionPage {
    items: Array<DeedVersionItem>;
    next_cursor: string | null;
  }

  interface Neighbourhood {
    code: string;
    name: string;
  }

  interface DistrictItem {
    code: string;
    name: string;
    neighbourhoods: Array<Neighbourhood>;
  }

  interface DistrictPage {
    items: Array<DistrictItem>;
    next_cursor: string | null;
  }

  interface Titles {
    en?: string;
    es?: string;
    ca?: string;
    pt?: string;
  }

  interface NewDeed {
    category: "animals" | "care" | "culture" | "environment" | "health-and-sport" | "learning" | "mobility" | "neighbourhood";
    titles: Titles;
    points: number;
    unit: "deed" | "hour" | "item";
    max_per_day: number;
    max_per_year: number;
    evidence: Array<"photo" | "event_code" | "organiser">;
    minutes: number;
    access?: Array<string>;
    districts?: Array<string>;
    purpose: string;
    review_by: string;
    source?: string | null;
    paused_until?: string | null;
    code: string;
    in_force_from?: string | null;
    reason?: string;
  }

  interface ChangedDeed {
    category: "animals" | "care" | "culture" | "environment" | "health-and-sport" | "learning" | "mobility" | "neighbourhood";
    titles: Titles;
    points: number;
    unit: "deed" | "hour" | "item";
    max_per_day: number;
    max_per_year: number;
    evidence: Array<"photo" | "event_code" | "organiser">;
    minutes: number;
    access?: Array<string>;
    districts?: Array<string>;
    purpose: string;
    review_by: string;
    source?: string | null;
    paused_until?: string | null;
    code?: string;
    in_force_from?: string | null;
    reason: string;
  }

  interface ItemTold {
    code: string;
    result: "new" | "changed" | "announced" | "same" | "refused";
    changes: Array<Difference>;
    worse: Array<string>;
    in_force_from: string | null;
    earliest: string | null;
    problem: string | null;
    errors: Array<ProblemError>;
  }

  interface DeedsSent {
    csv: string;
    dry_run: boolean;
    reason?: string;
  }

  interface RowTold {
    code: string;
    result: "new" | "changed" | "announced" | "same" | "refused";
    changes: Array<Difference>;
    worse: Array<string>;
    in_force_from: string | null;
    earliest: string | null;
    problem: string | null;
    errors: Array<ProblemError>;
    line: number;
  }

  interface TableLoaded {
    dry_run: boolean;
    new: number;
    changed: number;
    announced: number;
    same: number;
    refused: number;
    rows: Array<RowTold>;
  }

  interface EventItem {
    id: string;
    deed: string;
    title: string;
    starts_at: string;
    ends_at: string | null;
    district: string | null;
    office: string;
    is_cancelled: boolean;
  }

  interface EventPage {
    items: Array<EventItem>;
    next_cursor: string | null;
  }

  interface NewEvent {
    deed: string;
    title: string;
    starts_at: string;
    ends_at?: string | null;
    district?: string | null;
  }

  interface EventChange {
    title?: string;
    starts_at?: string;
    ends_at?: string | null;
    district?: string | null;
  }

  interface EventCodeShown {
    code: string;
    valid_until: string;
  }

  interface AttendanceItem {
    submission: string;
    scanned_at: string;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
    name: string | null;
  }

  interface AttendancePage {
    items: Array<AttendanceItem>;
    next_cursor: string | null;
  }

  interface AwaitingItem {
    submission: string;
    event: string;
    deed: string;
    deed_title: string;
    done_at: string;
    quantity: number;
    unit: "deed" | "hour" | "item";
    submitted_at: string;
    due_at: string;
    name: string | null;
  }

  interface AwaitingPage {
    items: Array<AwaitingItem>;
    next_cursor: string | null;
  }

  interface NewConfirmation {
    confirmed: boolean;
    quantity?: number | null;
    text?: string | null;
  }

  interface ConfirmationGiven {
    submission: string;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
    confirmed: boolean;
    quantity: number | null;
    text: string | null;
    at: string;
  }

  interface NewSubmission {
    id?: string | null;
    deed: string;
    done_at: string;
    quantity?: number | null;
    note?: string | null;
    event?: string | null;
    without_points?: boolean;
  }

  interface EventNamed {
    id: string;
    title: string;
    starts_at: string;
    ends_at: string | null;
  }

  interface EvidenceItem {
    id: string;
    uploaded_at: string;
  }

  interface ConfirmationItem {
    confirmed: boolean;
    quantity: number | null;
    text: string | null;
    at: string;
  }

  interface DecisionItem {
    decision: "approve" | "decline" | "ask" | "reverse";
    is_final: boolean;
    reason_code: string;
    reason: string;
    text: string | null;
    rule_version: number;
    office: string;
    at: string;
    appeal_until: string | null;
    how_to_appeal: string | null;
  }

  interface SubmissionItem {
    id: string;
    deed: string;
    deed_title: string;
    rule_version: number;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
    revision: number;
    done_at: string;
    quantity: number;
    unit: "deed" | "hour" | "item";
    note: string | null;
    event: EventNamed | null;
    without_points: boolean;
    evidence: Array<EvidenceItem>;
    confirmation: ConfirmationItem | null;
    points_expected: number;
    promised_by: string | null;
    evidence_needed: Array<"photo" | "event_code" | "organiser">;
    decisions: Array<DecisionItem>;
    points_awarded: number | null;
    cap_bound: "day" | "year" | "person_year" | "held" | null;
    submitted_at: string;
    due_at: string | null;
  }

  interface SubmissionPage {
    items: Array<SubmissionItem>;
    next_cursor: string | null;
  }

  interface SubmissionChange {
    note: string | null;
  }

  interface PhotoUpload {
    photo: string;
  }

  interface EvidenceAdded {
    id: string;
    uploaded_at: string;
    width: number;
    height: number;
    bytes: number;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
  }

  interface CapTaken {
    deed: string;
    day_counted: number;
    day_waiting: number;
    year_counted: number;
    year_waiting: number;
  }

  interface CapsTaken {
    day: string;
    items: Array<CapTaken>;
  }

  interface CheckIn {
    code: string;
    id?: string | null;
    without_points?: boolean;
  }

  interface ReasonItem {
    code: string;
    used_for: Array<string>;
    text: string;
    template: string | null;
  }

  interface ReasonList {
    items: Array<ReasonItem>;
    next_cursor: string | null;
  }

  interface QueueItem {
    submission: string;
    deed: string;
    deed_title: string;
    event: string | null;
    event_title: string | null;
    queued_at: string;
    waiting_seconds: number;
    promised_by: string;
    points_expected: number;
    is_leased: boolean;
    leased_by_me: boolean;
    needs_second: boolean;
  }

  interface QueuePage {
    items: Array<QueueItem>;
    next_cursor: string | null;
    waiting: number;
    matching: number;
    oldest_queued_at: string | null;
    overdue: number;
  }

  interface ReviewRule {
    points: number;
    unit: "deed" | "hour" | "item";
    max_per_day: number;
    max_per_year: number;
    evidence: Array<string>;
    purpose: string;
    category: string;
    minutes: number;
    access: Array<string>;
    districts: Array<string>;
  }

  interface CheckItem {
    check: "photo" | "event_code" | "organiser" | "quantity" | "without_pay";
    text: string;
    is_met: boolean | null;
  }

  interface ReviewQuestion {
    reason_code: string;
    text: string | null;
    at: string;
  }

  interface ReviewedSubmission {
    id: string;
    deed: string;
    deed_title: string;
    rule_version: number;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
    revision: number;
    done_at: string;
    quantity: number;
    unit: "deed" | "hour" | "item";
    note: string | null;
    event: EventNamed | null;
    without_points: boolean;
    evidence: Array<EvidenceItem>;
    confirmation: ConfirmationItem | null;
    points_expected: number;
    promised_by: string | null;
    rule: ReviewRule;
    checklist: Array<CheckItem>;
    takes_two: boolean;
    first_approval: boolean;
    questions: Array<ReviewQuestion>;
    queued_at: string;
    waiting_days: number;
    leased_until: string;
    leased_seconds: number;
  }

  interface GiveBack {
    reason_code: string;
    submission?: string | null;
  }

  interface Verification {
    reason_code?: string | null;
    text?: string | null;
    decision: "approve" | "decline" | "ask";
  }

  interface Decided {
    submission: string;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
    revision: number;
    decision: "approve" | "decline" | "ask" | "reverse";
    reason_code: string;
    rule_version: number;
    office: string;
    points_awarded: number | null;
    cap_bound: "day" | "year" | "person_year" | "held" | null;
    second_verifier_needed: boolean;
    appeal_until: string | null;
  }

  interface EventVerification {
    reason_code?: string | null;
    text?: string | null;
    decision: "approve" | "decline";
    cursor?: string | null;
  }

  interface EventCaseDecided {
    submission: string;
    queued_at: string;
    result: "approved" | "approved_first" | "declined" | "refused";
    code?: string;
    points_awarded?: number | null;
    cap_bound?: "day" | "year" | "person_year" | "held" | null;
    second_verifier_needed?: boolean;
  }

  interface EventDecided {
    items: Array<EventCaseDecided>;
    left: number;
    next_cursor: string | null;
  }

  interface Reversing {
    reason_code: string;
    text: string;
  }

  interface Reversed {
    submission: string;
    status: "submitted" | "awaiting_confirmation" | "in_review" | "asked" | "approved" | "declined" | "withdrawn" | "reversed";
    points_taken: number;
    shortfall: number;
    reason_code: string;
    rule_version: number;
    office: string;
    appeal_until: string;
  }

  interface Expiry {
    points: number;
    expires_at: string;
  }

  interface Points {
    balance: number;
    upcoming_expiries: Array<Expiry>;
  }

  interface EntryShown {
    id: string;
    seq: number;
    at: string;
    kind: "award" | "spend" | "refund" | "donation" | "expiry" | "reversal";
    points: number;
    reason_code: string;
    reason: string;
    deed: string | null;
    benefit: string | null;
    submission: string | null;
    voucher: string | null;
  }

  interface EntryShownPage {
    items: Array<EntryShown>;
    next_cursor: string | null;
  }

  interface PartnerBrief {
    code: string;
    name: string;
  }

  interface BenefitShown {
    code: string;
    category: string;
    partner: PartnerBrief;
    title: string;
    titles: Record<string, string>;
    price_points: number;
    stock_left: number | null;
    max_per_person_per_year: number | null;
    value_eur: string;
    voucher_days: number;
    opens_at: string | null;
    closes_at: string | null;
    is_open: boolean;
    is_published: boolean;
    version: number;
    source: string | null;
  }

  interface BenefitShownPage {
    items: Array<BenefitShown>;
    next_cursor: string | null;
  }

  interface BenefitNew {
    code: string;
    category: "animals" | "culture" | "home" | "local-shops" | "mobility" | "sport";
    partner: string;
    titles: Titles;
    price_points: number;
    stock?: number | null;
    max_per_person_per_year?: number | null;
    value_eur: number;
    voucher_days: number;
    opens_at?: string | null;
    closes_at?: string | null;
    source?: string | null;
  }

  interface BenefitChange {
    category?: "animals" | "culture" | "home" | "local-shops" | "mobility" | "sport";
    partner?: string;
    titles?: Titles;
    price_points?: number;
    max_per_person_per_year?: number | null;
    value_eur?: number;
    voucher_days?: number;
    opens_at?: string | null;
    closes_at?: string | null;
    source?: string | null;
    is_published?: boolean;
  }

  interface BenefitWish {
    category?: "animals" | "culture" | "home" | "local-shops" | "mobility" | "sport";
    partner?: string;
    titles?: Titles;
    price_points?: number;
    max_per_person_per_year?: number | null;
    value_eur?: number;
    voucher_days?: number;
    opens_at?: string | null;
    closes_at?: string | null;
    source?: string | null;
    is_published?: boolean;
    code: string;
    stock?: number | null;
  }

  interface TableSent {
    csv: string;
    dry_run: boolean;
  }

  interface StockChange {
    change: number;
  }

  interface StockShown {
    benefit: string;
    stock_left: number;
  }

  interface PartnerShown {
    code: string;
    name: string;
    is_active: boolean;
  }

  interface PartnerShownPage {
    items: Array<PartnerShown>;
    next_cursor: string | null;
  }

  interface PartnerNew {
    code: string;
    name: string;
  }

  interface PartnerChange {
    name?: string;
    is_active?: boolean;
  }

  interface VoucherWish {
    benefit: string;
    price_points: number;
  }

  interface VoucherBought {
    id: string;
    benefit: string;
    title: string;
    partner: string;
    status: "active" | "redeemed" | "cancelled" | "expired";
    price_points: number;
    bought_at: string;
    expires_at: string;
    ended_at: string | null;
    lapsing: Array<Expiry>;
  }

  interface VoucherShown {
    id: string;
    benefit: string;
    title: string;
    partner: string;
    status: "active" | "redeemed" | "cancelled" | "expired";
    price_points: number;
    bought_at: string;
    expires_at: string;
    ended_at: string | null;
  }

  interface VoucherShownPage {
    items: Array<VoucherShown>;
    next_cursor: string | null;
  }

  interface VoucherWithCode {
    id: string;
    benefit: string;
    title: string;
    partner: string;
    status: "active" | "redeemed" | "cancelled" | "expired";
    price_points: number;
    bought_at: string;
    expires_at: string;
    ended_at: string | null;
    code: string | null;
    partner_name: string;
    points_back: Array<Expiry>;
  }

  interface VoucherEnded {
    id: string;
    benefit: string;
    title: string;
    partner: string;
    status: "active" | "redeemed" | "cancelled" | "expired";
    price_points: number;
    bought_at: string;
    expires_at: string;
    ended_at: string | null;
    points_returned: number;
  }

  interface RefundReason {
    reason_code: "not_honoured";
  }

  interface TillCode {
    code: string;
  }

  interface Glance {
    status: "valid" | "redeemed" | "cancelled" | "expired";
    benefit: string;
    title: string;
    valid_until: string;
    ended_at: string | null;
  }

  interface RedemptionShown {
    id: string;
    benefit: string;
    title: string;
    partner: string;
    till: string | null;
    till_id: string | null;
    redeemed_at: string;
    undo_until: string;
    undone_at: string | null;
  }

  interface RedemptionShownPage {
    items: Array<RedemptionShown>;
    next_cursor: string | null;
  }

  interface PartnerNamed {
    partner: string;
    partner_name: string;
  }

  interface StatementLine {
    partner: string;
    benefit: string;
    title: string;
    redemptions: number;
    value_eur: string;
  }

  interface StatementDay {
    partner: string;
    benefit: string;
    title: string;
    redemptions: number;
    value_eur: string;
    day: string;
  }

  interface Statement {
    month: string;
    partners: Array<PartnerNamed>;
    items: Array<StatementLine>;
    days: Array<StatementDay>;
    redemptions: number;
    value_eur: string;
  }

  interface PairingNew {
    name?: string;
    till_id?: string;
  }

  interface PairingShown {
    pairing_code: string;
    till_id: string;
    name: string;
    expires_at: string;
    expires_in: number;
  }

  interface TillShown {
    id: string;
    name: string;
    state: "paired" | "on_shift" | "locked" | "blocked" | "ended";
    paired_at: string;
    last_used_at: string | null;
    shift_ends_at: string | null;
    locked_until: string | null;
    ended_at: string | null;
  }

  interface TillShownPage {
    items: Array<TillShown>;
    next_cursor: string | null;
  }

  interface TillNew {
    pin: string;
    pairing_code: string;
    name?: string;
  }

  interface Paired {
    partner: PartnerBrief;
    till: TillShown;
    till_token: string;
  }

  interface Pin {
    pin: string;
  }

  interface ShiftOpened {
    partner: PartnerBrief;
    till: TillShown;
    access_token: string;
    expires_in: number;
  }

  interface TillOwn {
    partner: PartnerBrief;
    till: TillShown;
  }

  interface PointsStep {
    issued: number;
    spent: number;
    returned: number;
    expired: number;
    taken_back: number;
    donated: number;
    starts_on: string;
    ends_on: string;
  }

  interface PointsMoved {
    issued: number;
    spent: number;
    returned: number;
    expired: number;
    taken_back: number;
    donated: number;
  }

  interface PointsOverview {
    from: string;
    to: string;
    per: string;
    items: Array<PointsStep>;
    totals: PointsMoved;
  }

  interface RedemptionsStep {
    starts_on: string;
    ends_on: string;
    partner: string;
    partner_name: string;
    redemptions: number;
    value_eur: string;
  }

  interface RedemptionsSum {
    redemptions: number;
    value_eur: string;
  }

  interface RedemptionsOverview {
    from: string;
    to: string;
    per: string;
    items: Array<RedemptionsStep>;
    totals: RedemptionsSum;
  }

  interface LiabilityMonth {
    month: string;
    points: number;
    value_eur: string;
  }

  interface LiabilityVouchers {
    count: number;
    value_eur: string;
  }

  interface Liability {
    at: string;
    points: number;
    value_eur: string;
    cents_per_point: number;
    months: Array<LiabilityMonth>;
    vouchers: LiabilityVouchers;
  }

  interface ReviewStep {
    decided: number;
    approved: number;
    by_rule: number;
    declined: number;
    asked: number;
    reversed: number;
    median_hours: number | null;
    starts_on: string;
    ends_on: string;
  }

  interface ReviewCounts {
    decided: number;
    approved: number;
    by_rule: number;
    declined: number;
    asked: number;
    reversed: number;
    median_hours: number | null;
  }

  interface ReviewOverview {
    from: string;
    to: string;
    per: string;
    at: string;
    waiting: number;
    oldest_queued_at: string | null;
    overdue: number;
    items: Array<ReviewStep>;
    totals: ReviewCounts;
  }
}
