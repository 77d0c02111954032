SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.accounts (
    id bigint NOT NULL,
    directory character varying(100) NOT NULL,
    key character varying(400) NOT NULL,
    username text NOT NULL,
    email text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    password_hash text DEFAULT ''::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    stamp text DEFAULT ''::text NOT NULL,
    session_epoch bigint DEFAULT '0'::bigint NOT NULL,
    created double precision DEFAULT '0'::double precision NOT NULL,
    last_login double precision DEFAULT '0'::double precision NOT NULL
);
CREATE SEQUENCE public.accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.accounts_id_seq OWNED BY public.accounts.id;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.import_rows (
    import_id bigint NOT NULL,
    "position" integer NOT NULL,
    file text DEFAULT ''::text NOT NULL,
    sheet text DEFAULT ''::text NOT NULL,
    number bigint DEFAULT '0'::bigint NOT NULL,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    outcome character varying(20) NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    hint text DEFAULT ''::text NOT NULL,
    repairs text DEFAULT ''::text NOT NULL,
    journal character varying(10) NOT NULL,
    account text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.imports (
    id bigint NOT NULL,
    reference character varying(16) NOT NULL,
    message bigint NOT NULL,
    run bigint DEFAULT '1'::bigint NOT NULL,
    thread bigint NOT NULL,
    customer text DEFAULT ''::text NOT NULL,
    directory text DEFAULT ''::text NOT NULL,
    state character varying(20) NOT NULL,
    dry_run boolean DEFAULT false NOT NULL,
    answer character varying(10) NOT NULL,
    evidence text DEFAULT ''::text NOT NULL,
    answer_where text DEFAULT ''::text NOT NULL,
    from_thread boolean DEFAULT false NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    started double precision DEFAULT '0'::double precision NOT NULL,
    finished double precision DEFAULT '0'::double precision NOT NULL
);
CREATE SEQUENCE public.imports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.imports_id_seq OWNED BY public.imports.id;
CREATE TABLE public.leases (
    name character varying(255) NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    until double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.login_tokens (
    digest character varying(64) NOT NULL,
    purpose character varying(20) NOT NULL,
    directory text DEFAULT ''::text NOT NULL,
    account text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    customer text DEFAULT ''::text NOT NULL,
    import_id bigint DEFAULT '0'::bigint NOT NULL,
    "position" bigint DEFAULT '-1'::bigint NOT NULL,
    created double precision DEFAULT '0'::double precision NOT NULL,
    expires double precision DEFAULT '0'::double precision NOT NULL,
    used double precision DEFAULT '0'::double precision NOT NULL,
    claimed double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.mailbox_chores (
    id bigint NOT NULL,
    mailbox text DEFAULT ''::text NOT NULL,
    kind character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    folder text DEFAULT ''::text NOT NULL,
    source_folder text DEFAULT ''::text NOT NULL,
    uidvalidity bigint DEFAULT '0'::bigint NOT NULL,
    uid bigint DEFAULT '0'::bigint NOT NULL,
    message bigint DEFAULT '0'::bigint NOT NULL,
    outbox bigint DEFAULT '0'::bigint NOT NULL,
    message_id text DEFAULT ''::text NOT NULL,
    body bytea,
    attempts bigint DEFAULT '0'::bigint NOT NULL,
    next_attempt double precision DEFAULT '0'::double precision NOT NULL,
    failure text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.mailbox_chores_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mailbox_chores_id_seq OWNED BY public.mailbox_chores.id;
CREATE TABLE public.mailbox_cursor (
    mailbox character varying(255) NOT NULL,
    folder character varying(255) NOT NULL,
    uidvalidity bigint DEFAULT '0'::bigint NOT NULL,
    last_uid bigint DEFAULT '0'::bigint NOT NULL,
    since double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.messages (
    id bigint NOT NULL,
    mailbox text DEFAULT ''::text NOT NULL,
    folder text DEFAULT ''::text NOT NULL,
    uidvalidity bigint DEFAULT '0'::bigint NOT NULL,
    uid bigint DEFAULT '0'::bigint NOT NULL,
    message_id text NOT NULL,
    fingerprint character varying(64) NOT NULL,
    digest character varying(64) NOT NULL,
    raw bytea,
    sender text DEFAULT ''::text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    size bigint DEFAULT '0'::bigint NOT NULL,
    too_large boolean DEFAULT false NOT NULL,
    state character varying(20) NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    filed boolean DEFAULT false NOT NULL,
    release character varying(10) DEFAULT ''::character varying NOT NULL,
    run bigint DEFAULT '1'::bigint NOT NULL,
    fence bigint DEFAULT '0'::bigint NOT NULL,
    crashes bigint DEFAULT '0'::bigint NOT NULL,
    witnessed bigint DEFAULT '0'::bigint NOT NULL,
    tries bigint DEFAULT '0'::bigint NOT NULL,
    next_attempt double precision DEFAULT '0'::double precision NOT NULL,
    waiting_since double precision DEFAULT '0'::double precision NOT NULL,
    lease_owner text,
    lease_until double precision DEFAULT '0'::double precision NOT NULL,
    received double precision DEFAULT '0'::double precision NOT NULL,
    finished double precision DEFAULT '0'::double precision NOT NULL
);
CREATE SEQUENCE public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.messages_id_seq OWNED BY public.messages.id;
CREATE TABLE public.nodes (
    name character varying(255) NOT NULL,
    version text DEFAULT ''::text NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    started double precision DEFAULT '0'::double precision NOT NULL,
    seen double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.notices (
    import_id bigint NOT NULL,
    "position" integer NOT NULL,
    state character varying(20) NOT NULL,
    email text NOT NULL,
    failure text DEFAULT ''::text NOT NULL,
    told boolean DEFAULT false NOT NULL,
    doubted double precision DEFAULT '0'::double precision NOT NULL,
    changed double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    message_id character varying(255) NOT NULL,
    sender text DEFAULT ''::text NOT NULL,
    recipients text DEFAULT ''::text NOT NULL,
    body bytea,
    mailbox text DEFAULT ''::text NOT NULL,
    import_id bigint DEFAULT '0'::bigint NOT NULL,
    "position" bigint DEFAULT '-1'::bigint NOT NULL,
    counted_for text DEFAULT ''::text NOT NULL,
    thread bigint DEFAULT '0'::bigint NOT NULL,
    priority bigint DEFAULT '0'::bigint NOT NULL,
    attempts bigint DEFAULT '0'::bigint NOT NULL,
    next_attempt double precision DEFAULT '0'::double precision NOT NULL,
    lease_owner text,
    lease_until double precision DEFAULT '0'::double precision NOT NULL,
    failure text DEFAULT ''::text NOT NULL,
    told boolean DEFAULT false NOT NULL,
    created double precision DEFAULT '0'::double precision NOT NULL,
    finished double precision DEFAULT '0'::double precision NOT NULL
);
CREATE SEQUENCE public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.portal_throttle (
    key character varying(64) NOT NULL,
    full_at double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.questions (
    id bigint NOT NULL,
    thread bigint NOT NULL,
    kind character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    import_id bigint DEFAULT '0'::bigint NOT NULL,
    message bigint DEFAULT '0'::bigint NOT NULL,
    asked double precision DEFAULT '0'::double precision NOT NULL,
    remind_at double precision DEFAULT '0'::double precision NOT NULL,
    close_at double precision DEFAULT '0'::double precision NOT NULL,
    reminded double precision DEFAULT '0'::double precision NOT NULL
);
CREATE SEQUENCE public.questions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.questions_id_seq OWNED BY public.questions.id;
CREATE TABLE public.sessions (
    digest character varying(64) NOT NULL,
    directory text DEFAULT ''::text NOT NULL,
    account text DEFAULT ''::text NOT NULL,
    epoch bigint DEFAULT '0'::bigint NOT NULL,
    created double precision DEFAULT '0'::double precision NOT NULL,
    expires double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.thread_messages (
    message_id character varying(255) NOT NULL,
    thread_id bigint NOT NULL
);
CREATE TABLE public.threads (
    id bigint NOT NULL,
    customer text DEFAULT ''::text NOT NULL,
    answer character varying(10) DEFAULT 'unstated'::character varying NOT NULL,
    evidence text DEFAULT ''::text NOT NULL,
    told_staff boolean DEFAULT false NOT NULL,
    opened double precision DEFAULT '0'::double precision NOT NULL
);
CREATE SEQUENCE public.threads_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.threads_id_seq OWNED BY public.threads.id;
CREATE TABLE public.tickets (
    digest character varying(64) NOT NULL,
    message_id character varying(255) NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    raw bytea,
    size bigint DEFAULT '0'::bigint NOT NULL,
    created double precision DEFAULT '0'::double precision NOT NULL,
    expires double precision DEFAULT '0'::double precision NOT NULL
);
ALTER TABLE ONLY public.accounts ALTER COLUMN id SET DEFAULT nextval('public.accounts_id_seq'::regclass);
ALTER TABLE ONLY public.imports ALTER COLUMN id SET DEFAULT nextval('public.imports_id_seq'::regclass);
ALTER TABLE ONLY public.mailbox_chores ALTER COLUMN id SET DEFAULT nextval('public.mailbox_chores_id_seq'::regclass);
ALTER TABLE ONLY public.messages ALTER COLUMN id SET DEFAULT nextval('public.messages_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.questions ALTER COLUMN id SET DEFAULT nextval('public.questions_id_seq'::regclass);
ALTER TABLE ONLY public.threads ALTER COLUMN id SET DEFAULT nextval('public.threads_id_seq'::regclass);
INSERT INTO public.accounts VALUES (1, 'embedded', 'customer2+ann@customer.test', 'customer2+ann@customer.test', 'customer2+ann@customer.test', 'Ann', 'Tester', '', true, 'RC-3RM26V', 0, 1800000000, 0);
INSERT INTO public.accounts VALUES (2, 'embedded', 'customer2+bob@customer.test', 'customer2+bob@customer.test', 'customer2+bob@customer.test', 'Bob', 'Tester', '', true, 'RC-3RM26V', 0, 1800000000, 0);
INSERT INTO public.accounts VALUES (3, 'embedded', 'customer2+eve@customer.test', 'customer2+eve@customer.test', 'customer2+eve@customer.test', 'Eve', 'Tester', '', true, 'RC-G34QF5', 0, 1800000000, 0);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.import_rows VALUES (1, 2, 'a.xlsx', 'Starters', 4, 'Ann', 'Tester', 'customer2+ann@customer.test', 'customer2+ann@customer.test', 'duplicate', '', 'the same address as in row 2', '', '', 'done', '');
INSERT INTO public.import_rows VALUES (1, 0, 'a.xlsx', 'Starters', 2, 'Ann', 'Tester', 'customer2+ann@customer.test', 'customer2+ann@customer.test', 'created', '', '', '', '', 'done', '1');
INSERT INTO public.import_rows VALUES (1, 1, 'a.xlsx', 'Starters', 3, 'Bob', 'Tester', 'customer2+bob@customer.test', 'customer2+bob@customer.test', 'created', '', '', '', '', 'done', '2');
INSERT INTO public.import_rows VALUES (2, 0, 'b.xlsx', 'Starters', 2, 'Eve', 'Tester', 'customer2+eve@customer.test', 'customer2+eve@customer.test', 'created', '', '', '', '', 'done', '3');
INSERT INTO public.imports VALUES (1, 'RC-3RM26V', 1, 1, 1, 'Customer Ltd', 'embedded', 'done', false, 'yes', 'Please create these learners and send them the default email.', 'text', false, '[{"name": "a.xlsx", "verdict": "ok", "problem": "", "lists": [{"sheet": "Starters", "header_row": 1, "columns": [["first_name", "A"], ["last_name", "B"], ["email", "C"]], "rows": 3}], "notes": [], "rows": 3}]', 1800000000, 1800000000);
INSERT INTO public.imports VALUES (2, 'RC-G34QF5', 2, 1, 2, 'Customer Ltd', 'embedded', 'done', false, 'unstated', '', '', false, '[{"name": "b.xlsx", "verdict": "ok", "problem": "", "lists": [{"sheet": "Starters", "header_row": 1, "columns": [["first_name", "A"], ["last_name", "B"], ["email", "C"]], "rows": 1}], "notes": [], "rows": 1}]', 1800000000, 1800000000);
INSERT INTO public.mailbox_chores VALUES (1, 'support', 'move', 'due', 'Rollcall/Done', 'INBOX', 1, 1, 1, 0, '<1@c.test>', NULL, 0, 0, '');
INSERT INTO public.mailbox_chores VALUES (2, 'support', 'move', 'due', 'Rollcall/Done', 'INBOX', 1, 2, 2, 0, '<2@c.test>', NULL, 0, 0, '');
INSERT INTO public.mailbox_chores VALUES (3, 'support', 'move', 'due', 'Rollcall/Held', 'INBOX', 1, 3, 3, 0, '<3@c.test>', NULL, 0, 0, '');
INSERT INTO public.mailbox_chores VALUES (4, 'support', 'note', 'due', 'Rollcall/Held', '', 0, 0, 3, 0, '<note.3.1@yourcompany.test>', '\x46726f6d3a2022596f7572436f6d70616e79204c6561726e696e6720537570706f727422203c737570706f727440796f7572636f6d70616e792e746573743e0d0a546f3a2022596f7572436f6d70616e79204c6561726e696e6720537570706f727422203c737570706f727440796f7572636f6d70616e792e746573743e0d0a5375626a6563743a2048656c6420666f72206120706572736f6e3a204e65772073746172746572730d0a446174653a204672692c203135204a616e20323032372030383a30303a3030202b303030300d0a4d6573736167652d49443a203c6e6f74652e332e3140796f7572636f6d70616e792e746573743e0d0a496e2d5265706c792d546f3a203c3340632e746573743e0d0a5265666572656e6365733a203c3340632e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f613537626135646165666664373439646435633764633232220d0a4d494d452d56657273696f6e3a20312e300d0a0d0a2d2d3d5f6135376261356461656666643734396464356337646332320d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6420666f72206120706572736f6e0d0a0d0a5768793a206d6f40737472616e6765722e74657374206973206e6f742070726f76656e3a206e6f20726573756c74206f6620612074727573746564206d61696c207365727665720d0a0d0a5768617420746f20646f3a2049662069742069732067656e75696e652c206472616720697420746f2022526f6c6c63616c6c2f417070726f766564223a206974206973207468656e0d0a63617272696564206f75742e0d0a0d0a2020202046726f6d3a206d6f40737472616e6765722e746573740d0a202020205375626a6563743a204e65772073746172746572730d0a2020202052656365697665643a203135204a616e7561727920323032372c2030383a3030205554430d0a0d0a526f6c6c63616c6c20286e6f746520666f7220746865207465616d2920202020202020202020202020202020202020202020202020202020202020202020202020205265666572656e63653d0d0a204d330d0a0d0a2d2d3d5f6135376261356461656666643734396464356337646332320d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d334422656e22206469723d3344226c7472223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422666f726d61742d646574656374696f6e2220636f6e74656e743d33442274656c6570686f6e653d33446e6f2c20646174653d33446e6f2c2061646472653d0d0a73733d33446e6f223e0d0a3c6d657461206e616d653d334422782d6170706c652d64697361626c652d6d6573736167652d7265666f726d617474696e67223e0d0a3c7469746c653e48656c6420666f72206120706572736f6e3a204e65772073746172746572733c2f7469746c653e0d0a3c7374796c653e0d0a3a726f6f74207b20636f6c6f722d736368656d653a206c69676874206461726b3b20737570706f727465642d636f6c6f722d736368656d65733a206c69676874206461726b3b207d0d0a406d6564696120286d61782d77696474683a20343830707829207b0d0a20202e65646765207b2070616464696e673a20302021696d706f7274616e743b207d0d0a20202e63617264207b20626f726465722d7261646975733a20302021696d706f7274616e743b20626f726465722d6c6566743a20302021696d706f7274616e743b20626f726465722d72693d0d0a6768743a20302021696d706f7274616e743b207d0d0a20202e696e6e6572207b2070616464696e673a203234707820323070782021696d706f7274616e743b207d0d0a7d0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e70616765207b206261636b67726f756e643a20233134313731612021696d706f7274616e743b207d0d0a20202e63617264207b206261636b67726f756e643a20233165323332372021696d706f7274616e743b20626f726465722d636f6c6f723a20233332336134312021696d706f7274616e743b3d0d0a207d0d0a20202e696e6b207b20636f6c6f723a20236534653765622021696d706f7274616e743b207d0d0a20202e736f6674207b20636f6c6f723a20236230626163342021696d706f7274616e743b207d0d0a20202e72756c65207b20626f726465722d636f6c6f723a20233339343234612021696d706f7274616e743b207d0d0a20202e626f78207b206261636b67726f756e643a20233163326133642021696d706f7274616e743b20626f726465722d636f6c6f723a20233665613366302021696d706f7274616e743b207d0d0a20202e676f6f64207b20636f6c6f723a20233666643339622021696d706f7274616e743b207d0d0a20202e63617265207b20636f6c6f723a20236632623335632021696d706f7274616e743b207d0d0a20202e626164207b20636f6c6f723a20236666396139332021696d706f7274616e743b207d0d0a20202e6c696e6b207b20636f6c6f723a20233861623866662021696d706f7274616e743b207d0d0a7d0d0a5b646174612d6f6773635d202e696e6b207b20636f6c6f723a20236534653765622021696d706f7274616e743b207d0d0a5b646174612d6f6773635d202e736f6674207b20636f6c6f723a20236230626163342021696d706f7274616e743b207d0d0a5b646174612d6f6773635d202e676f6f64207b20636f6c6f723a20233666643339622021696d706f7274616e743b207d0d0a5b646174612d6f6773635d202e63617265207b20636f6c6f723a20236632623335632021696d706f7274616e743b207d0d0a5b646174612d6f6773635d202e626164207b20636f6c6f723a20236666396139332021696d706f7274616e743b207d0d0a5b646174612d6f6773635d202e6c696e6b207b20636f6c6f723a20233861623866662021696d706f7274616e743b207d0d0a5b646174612d6f6773625d202e626f78207b206261636b67726f756e643a20233163326133642021696d706f7274616e743b207d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d3344227061676522207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a236632663466363b2d7765626b69743d0d0a2d746578742d73697a652d61646a7573743a313030253b223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442270616765222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226261636b67726f756e643a236632663466363b223e0d0a3c74723e3c746420636c6173733d334422656467652220616c69676e3d33442263656e74657222207374796c653d33442270616464696e673a3234707820313270783b223e0d0a3c212d2d5b6966206d736f5d3e3c7461626c6520726f6c653d33442270726573656e746174696f6e222077696474683d334422363430222063656c6c70616464696e673d334422302220633d0d0a656c6c73706163696e673d334422302220626f726465723d33442230223e3c74723e3c74643e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442263617264222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226d61782d77696474683a36343070783b6261636b67726f756e643a2366666666663d0d0a663b626f726465723a31707820736f6c696420236464653265373b626f726465722d7261646975733a313070783b626f726465722d636f6c6c617073653a73657061726174653b223e0d0a3c74723e3c746420636c6173733d334422696e6e657220696e6b2220616c69676e3d3344226c65667422207374796c653d33442270616464696e673a3332707820333670783b666f6e742d3d0d0a66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c7665746963613d0d0a2c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233166323933333b223e0d0a0d0a3c683120636c6173733d334422696e6b22207374796c653d3344226d617267696e3a302030203138707820303b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e3d0d0a6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73693d0d0a7a653a323070783b6c696e652d6865696768743a312e33353b666f6e742d7765696768743a3630303b636f6c6f723a233166323933333b223e48656c6420666f72206120706572736f6e3c3d0d0a2f68313e0d0a3c7020636c6173733d334422696e6b22207374796c653d3344226d617267696e3a302030203138707820303b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e6b3d0d0a4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73697a3d0d0a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233166323933333b223e3c7374726f6e673e5768793a3c2f7374726f6e673e206d6f40737472616e6765722e74653d0d0a7374206973206e6f742070726f76656e3a206e6f20726573756c74206f6620612074727573746564206d61696c207365727665723c2f703e0d0a3c7020636c6173733d334422696e6b22207374796c653d3344226d617267696e3a302030203138707820303b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e6b3d0d0a4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73697a3d0d0a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233166323933333b223e3c7374726f6e673e5768617420746f20646f3a3c2f7374726f6e673e20496620697420693d0d0a732067656e75696e652c206472616720697420746f20262333343b526f6c6c63616c6c2f417070726f766564262333343b3a206974206973207468656e2063617272696564206f75742e3c3d0d0a2f703e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e222063656c6c70616464696e673d33442230222063656c6c73706163696e673d334422302220626f726465723d3344223d0d0a3022207374796c653d3344226d617267696e3a302030203138707820303b626f726465722d636f6c6c617073653a636f6c6c617073653b223e0d0a3c74723e0d0a3c746420636c6173733d334422736f66742220616c69676e3d3344226c656674222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a3270782031347078203d0d0a32707820303b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f743d0d0a6f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233532363036643b223d0d0a3e46726f6d3a3c2f74643e0d0a3c746420636c6173733d334422696e6b2220616c69676e3d3344226c656674222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a32707820303b666f6e743d0d0a2d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c76657469633d0d0a612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233166323933333b776f72642d627265616b3a3d0d0a627265616b2d776f72643b6f766572666c6f772d777261703a616e7977686572653b223e3c6264693e6d6f40737472616e6765722e746573743c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d334422736f66742220616c69676e3d3344226c656674222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a3270782031347078203d0d0a32707820303b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f743d0d0a6f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233532363036643b223d0d0a3e5375626a6563743a3c2f74643e0d0a3c746420636c6173733d334422696e6b2220616c69676e3d3344226c656674222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a32707820303b666f6e743d0d0a2d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c76657469633d0d0a612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233166323933333b776f72642d627265616b3a3d0d0a627265616b2d776f72643b6f766572666c6f772d777261703a616e7977686572653b223e3c6264693e4e65772073746172746572733c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d334422736f66742220616c69676e3d3344226c656674222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a3270782031347078203d0d0a32707820303b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f743d0d0a6f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233532363036643b223d0d0a3e52656365697665643a3c2f74643e0d0a3c746420636c6173733d334422696e6b2220616c69676e3d3344226c656674222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a32707820303b666f6e743d0d0a2d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f65205549262333393b2c526f626f746f2c48656c76657469633d0d0a612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313670783b6c696e652d6865696768743a312e353b636f6c6f723a233166323933333b776f72642d627265616b3a3d0d0a627265616b2d776f72643b6f766572666c6f772d777261703a616e7977686572653b223e3c6264693e3135204a616e7561727920323032372c2030383a3030205554433c2f6264693e3c2f3d0d0a74643e0d0a3c2f74723e0d0a0d0a3c2f7461626c653e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e222077696474683d33442231303025222063656c6c70616464696e673d33442230222063656c6c73706163696e673d0d0a3d334422302220626f726465723d3344223022207374796c653d3344226d617267696e3a323670782030203020303b626f726465722d636f6c6c617073653a636f6c6c617073653b223e0d0a3c74723e0d0a3c746420636c6173733d33442272756c6520736f66742220616c69676e3d3344226c65667422207374796c653d33442270616464696e673a313670782030203020303b626f726465722d743d0d0a6f703a31707820736f6c696420236464653265373b666f6e742d66616d696c793a2d6170706c652d73797374656d2c426c696e6b4d616353797374656d466f6e742c262333393b5365676f3d0d0a65205549262333393b2c526f626f746f2c48656c7665746963612c417269616c2c73616e732d73657269663b666f6e742d73697a653a313470783b6c696e652d6865696768743a312e353b3d0d0a636f6c6f723a233532363036643b223e526f6c6c63616c6c20286e6f746520666f7220746865207465616d293c62723e5265666572656e6365204d333c2f74643e0d0a3c2f74723e0d0a3c2f7461626c653e0d0a0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c2f74643e3c2f74723e3c2f7461626c653e3c215b656e6469665d2d2d3e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f6135376261356461656666643734396464356337646332322d2d0d0a', 0, 0, '');
INSERT INTO public.mailbox_chores VALUES (5, 'support', 'copy_sent', 'due', '?', '', 0, 0, 0, 3, '<reply.RC-3RM26V@yourcompany.test>', NULL, 0, 0, '');
INSERT INTO public.mailbox_chores VALUES (6, 'support', 'copy_sent', 'due', '?', '', 0, 0, 0, 4, '<reply.RC-G34QF5@yourcompany.test>', NULL, 0, 0, '');
INSERT INTO public.mailbox_cursor VALUES ('support', 'INBOX', 1, 3, 0);
INSERT INTO public.messages VALUES (1, 'support', 'INBOX', 1, 1, '<1@c.test>', '03eaf088375c78b479dfb31486713821a220f2fd56d6510a68d436a982370be0', '2cb0db2acd9efaf004ad9c070c696656364507dc771a67296021d975b1ded700', NULL, 'customer1@customer.test', 'New starters', 7526, false, 'answered', 'RC-3RM26V: 2 created, 1 duplicate', false, '', 1, 1, 0, 0, 0, 0, 0, NULL, 0, 1800000000, 1800000000);
INSERT INTO public.messages VALUES (2, 'support', 'INBOX', 1, 2, '<2@c.test>', 'da41fc37956f5d0e905f5590d023607c3180c5c71cd34d3c639e9344e0d6bfcb', '05c964f39ac7c89f56d0b826318c3fa217765e90d601f98d22c38f75bd94d5f2', NULL, 'customer1@customer.test', 'New starters', 7428, false, 'answered', 'RC-G34QF5: 1 created', false, '', 1, 1, 0, 0, 0, 0, 0, NULL, 0, 1800000000, 1800000000);
INSERT INTO public.messages VALUES (3, 'support', 'INBOX', 1, 3, '<3@c.test>', '049e36b3351b08827a2e3d01ba2c889f6a7b84936ec0ee99dcfb4635d83cd2b5', 'ea5951883d6457c0f5ba6cb242dbf3aff9abeafff7becdd8d37cacb55aea271b', NULL, 'mo@stranger.test', 'New starters', 7344, false, 'held', 'mo@stranger.test is not proven: no result of a trusted mail server', false, '', 1, 1, 0, 0, 0, 0, 0, NULL, 0, 1800000000, 1800000000);
INSERT INTO public.notices VALUES (2, 0, 'held', 'customer2+eve@customer.test', '', false, 0, 1800000000);
INSERT INTO public.notices VALUES (1, 0, 'sent', 'customer2+ann@customer.test', '', false, 0, 1800000000);
INSERT INTO public.notices VALUES (1, 1, 'sent', 'customer2+bob@customer.test', '', false, 0, 1800000000);
INSERT INTO public.outbox VALUES (3, 'reply', 'sent', '<reply.RC-3RM26V@yourcompany.test>', 'support@yourcompany.test', 'customer1@customer.test', NULL, 'support', 1, -1, 'customer1@customer.test', 1, 0, 1, 0, NULL, 0, '', false, 1800000000, 1800000000);
INSERT INTO public.outbox VALUES (4, 'reply', 'sent', '<reply.RC-G34QF5@yourcompany.test>', 'support@yourcompany.test', 'customer1@customer.test', NULL, 'support', 2, -1, 'customer1@customer.test', 2, 0, 1, 0, NULL, 0, '', false, 1800000000, 1800000000);
INSERT INTO public.outbox VALUES (1, 'notice', 'sent', '<notice.RC-3RM26V.0@yourcompany.test>', '', 'customer2+ann@customer.test', NULL, '', 1, 0, '', 0, 10, 1, 0, NULL, 0, '', false, 1800000000, 1800000000);
INSERT INTO public.outbox VALUES (2, 'notice', 'sent', '<notice.RC-3RM26V.1@yourcompany.test>', '', 'customer2+bob@customer.test', NULL, '', 1, 1, '', 0, 10, 1, 0, NULL, 0, '', false, 1800000000, 1800000000);
INSERT INTO public.questions VALUES (1, 2, 'notify', 'open', 2, 0, 1800000000, 1800259200, 1801209600, 0);
INSERT INTO public.thread_messages VALUES ('<1@c.test>', 1);
INSERT INTO public.thread_messages VALUES ('<reply.RC-3RM26V@yourcompany.test>', 1);
INSERT INTO public.thread_messages VALUES ('<2@c.test>', 2);
INSERT INTO public.thread_messages VALUES ('<reply.RC-G34QF5@yourcompany.test>', 2);
INSERT INTO public.threads VALUES (1, 'Customer Ltd', 'yes', 'Please create these learners and send them the default email.', false, 1800000000);
INSERT INTO public.threads VALUES (2, 'Customer Ltd', 'unstated', '', false, 1800000000);
SELECT pg_catalog.setval('public.accounts_id_seq', 3, true);
SELECT pg_catalog.setval('public.imports_id_seq', 2, true);
SELECT pg_catalog.setval('public.mailbox_chores_id_seq', 6, true);
SELECT pg_catalog.setval('public.messages_id_seq', 3, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 4, true);
SELECT pg_catalog.setval('public.questions_id_seq', 1, true);
SELECT pg_catalog.setval('public.threads_id_seq', 2, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY public.import_rows
    ADD CONSTRAINT pk_import_rows PRIMARY KEY (import_id, "position");
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT pk_imports PRIMARY KEY (id);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT pk_leases PRIMARY KEY (name);
ALTER TABLE ONLY public.login_tokens
    ADD CONSTRAINT pk_login_tokens PRIMARY KEY (digest);
ALTER TABLE ONLY public.mailbox_chores
    ADD CONSTRAINT pk_mailbox_chores PRIMARY KEY (id);
ALTER TABLE ONLY public.mailbox_cursor
    ADD CONSTRAINT pk_mailbox_cursor PRIMARY KEY (mailbox, folder);
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT pk_messages PRIMARY KEY (id);
ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT pk_nodes PRIMARY KEY (name);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT pk_notices PRIMARY KEY (import_id, "position");
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.portal_throttle
    ADD CONSTRAINT pk_portal_throttle PRIMARY KEY (key);
ALTER TABLE ONLY public.questions
    ADD CONSTRAINT pk_questions PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (digest);
ALTER TABLE ONLY public.thread_messages
    ADD CONSTRAINT pk_thread_messages PRIMARY KEY (message_id);
ALTER TABLE ONLY public.threads
    ADD CONSTRAINT pk_threads PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT pk_tickets PRIMARY KEY (digest);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_directory_key UNIQUE (directory, key);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT uq_imports_message_run UNIQUE (message, run);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT uq_imports_reference UNIQUE (reference);
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT uq_messages_message_id_fingerprint UNIQUE (message_id, fingerprint);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_message_id UNIQUE (message_id);
CREATE INDEX ix_import_rows_key ON public.import_rows USING btree (key);
CREATE INDEX ix_imports_thread ON public.imports USING btree (thread);
CREATE INDEX ix_login_tokens_account ON public.login_tokens USING btree (directory, account);
CREATE INDEX ix_mailbox_chores_due ON public.mailbox_chores USING btree (state, mailbox, next_attempt);
CREATE INDEX ix_messages_digest ON public.messages USING btree (digest);
CREATE INDEX ix_messages_finished ON public.messages USING btree (finished, id);
CREATE INDEX ix_messages_sender_state ON public.messages USING btree (sender, state);
CREATE INDEX ix_messages_state_due ON public.messages USING btree (state, next_attempt);
CREATE INDEX ix_notices_doubted ON public.notices USING btree (state, doubted) WHERE (doubted > (0)::double precision);
CREATE INDEX ix_notices_email ON public.notices USING btree (email);
CREATE INDEX ix_notices_untold ON public.notices USING btree (state, told);
CREATE INDEX ix_outbox_counted ON public.outbox USING btree (counted_for, created);
CREATE INDEX ix_outbox_due ON public.outbox USING btree (state, priority, next_attempt, id);
CREATE INDEX ix_outbox_import ON public.outbox USING btree (import_id, "position");
CREATE INDEX ix_outbox_kind ON public.outbox USING btree (kind, created);
CREATE INDEX ix_outbox_thread ON public.outbox USING btree (thread, created);
CREATE INDEX ix_outbox_untold ON public.outbox USING btree (state, told);
CREATE INDEX ix_questions_due ON public.questions USING btree (state, close_at);
CREATE INDEX ix_questions_thread ON public.questions USING btree (thread);
CREATE INDEX ix_sessions_expires ON public.sessions USING btree (expires);
CREATE INDEX ix_thread_messages_thread_id ON public.thread_messages USING btree (thread_id);
ALTER TABLE ONLY public.import_rows
    ADD CONSTRAINT fk_import_rows_import_id FOREIGN KEY (import_id) REFERENCES public.imports(id);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT fk_imports_message FOREIGN KEY (message) REFERENCES public.messages(id);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT fk_imports_thread FOREIGN KEY (thread) REFERENCES public.threads(id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_import_id FOREIGN KEY (import_id) REFERENCES public.imports(id);
ALTER TABLE ONLY public.questions
    ADD CONSTRAINT fk_questions_thread FOREIGN KEY (thread) REFERENCES public.threads(id);
ALTER TABLE ONLY public.thread_messages
    ADD CONSTRAINT fk_thread_messages_thread_id FOREIGN KEY (thread_id) REFERENCES public.threads(id);
