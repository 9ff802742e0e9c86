-- 让运行账号只有所需权限:追加表只可查询与插入。每次升级后以库的属主再执行一次:
-- The running role gets what it needs and no more: append-only tables can be read and added to. After every upgrade, as the
-- owner of the database:    psql -v app=trainingadmin_app -f least-rights.sql trainingadmin
-- 升级(db upgrade)用属主账号,网站、任务、时钟用 trainingadmin_app。
-- Migrate as the owner; web, workers and clock connect as trainingadmin_app.
\set ON_ERROR_STOP on
SELECT format('CREATE ROLE %I LOGIN', :'app') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app') \gexec

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";

SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', tgrelid::regclass, :'app')
FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%\_no\_change' \gexec
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM :"app";
