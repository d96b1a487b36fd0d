#include <stdexcept>

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "messenger/core/verifier.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Login, AGuestGetsADeviceAndAToken) {
  Lab lab;
  Person& alice = lab.connect();
  const std::string answer = alice.asks("LOGIN Alice id=1");
  EXPECT_TRUE(answer.starts_with("OK id=1 user=alice device=d1 token=")) << answer;
  EXPECT_EQ(value_of(answer, "guest"), "1");
  EXPECT_EQ(value_of(answer, "token").size(), 32U);
  EXPECT_TRUE(lab.events.has("login alice d1 guest"));
}

TEST(Login, NamesThatAreNotAccountsAreRefused) {
  Lab lab;
  for (const std::string& name : {std::string("1alice"), std::string("-x"), std::string("al.ice"),
                                  std::string("alice bob"), std::string(33, 'a')})
    EXPECT_TRUE(lab.connect().asks("LOGIN " + name).starts_with("ERR 400 SYNTAX verb=LOGIN :write: LOGIN"))
        << name;
  EXPECT_TRUE(lab.connect().asks("LOGIN alice device=a.b").starts_with("ERR 400"));
  EXPECT_TRUE(lab.connect().asks("LOGIN alice display=%07").starts_with("ERR 400"));
  EXPECT_TRUE(lab.connect().asks("LOGIN alice display=" + std::string(65, 'x')).starts_with("ERR 400"));
}

TEST(Login, GuestsMayBeForbidden) {
  ServerConfig config = Lab::quick();
  config.guests_allowed = false;
  Lab lab(config);
  EXPECT_TRUE(lab.connect().asks("LOGIN alice").starts_with("ERR 403 DENIED verb=LOGIN :"));
}

TEST(Login, AGuestNameInUseByAnotherDeviceIsTaken) {
  Lab lab;
  Person& alice = lab.guest("alice");
  Person& other = lab.connect();
  EXPECT_TRUE(other.asks("LOGIN alice").starts_with("ERR 409 NAME_TAKEN verb=LOGIN :"));
  EXPECT_TRUE(lab.events.has("login refused alice NAME_TAKEN"));
  alice.asks("QUIT");
  EXPECT_TRUE(other.asks("LOGIN alice").starts_with("OK user=alice"));
}

TEST(Login, RegisteringMakesAnAccountThatNeedsItsPassword) {
  Lab lab;
  Person& alice = lab.connect();
  alice.sends("REGISTER alice device=pc :tulip9");
  EXPECT_EQ(alice.reads(), "");  // the password is being worked on
  lab.works_on_passwords();
  EXPECT_TRUE(alice.reads().starts_with("OK user=alice device=pc token="));
  Person& guest = lab.connect();
  EXPECT_TRUE(guest.asks("LOGIN alice").starts_with("ERR 402 BAD_LOGIN"));
  guest.sends("LOGIN alice :tulip8");
  lab.works_on_passwords();
  EXPECT_TRUE(guest.reads().starts_with("ERR 402 BAD_LOGIN"));
  EXPECT_FALSE(guest.is_cut_by_server());
  guest.sends("LOGIN alice :tulip9");
  lab.works_on_passwords();
  EXPECT_TRUE(guest.reads().starts_with("OK user=alice device=d"));
  EXPECT_TRUE(lab.events.has("login alice pc register"));
  EXPECT_TRUE(lab.events.has("password"));
}

TEST(Login, ANameCanBeRegisteredOnlyOnce) {
  Lab lab;
  Person& first = lab.connect();
  Person& second = lab.connect();
  first.sends("REGISTER alice :one");
  second.sends("REGISTER alice :two");
  lab.works_on_passwords();
  EXPECT_TRUE(first.reads().starts_with("OK user=alice"));
  EXPECT_TRUE(second.reads().starts_with("ERR 409 NAME_TAKEN verb=REGISTER"));
  EXPECT_TRUE(lab.connect().asks("REGISTER alice :three").starts_with("ERR 409 NAME_TAKEN"));
  lab.guest("carol");
  EXPECT_TRUE(lab.connect().asks("REGISTER carol :x").starts_with("ERR 409 NAME_TAKEN"));
  EXPECT_TRUE(lab.connect().asks("REGISTER dave").starts_with("ERR 400 SYNTAX verb=REGISTER"));
}

TEST(Login, AccountsOfTheConfigurationAreKnownFromTheStart) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  EXPECT_FALSE(lab.login("LOGIN bob :secret").token.empty());
  EXPECT_TRUE(lab.login("LOGIN bob :Secret").token.empty());
}

TEST(Login, AConfigurationWithAnImpossibleAccountIsRefusedAtTheStart) {
  for (const auto& [name, password] : {std::pair<std::string, std::string>{"9bob", "x"}, {"bob", ""}}) {
    ServerConfig config = Lab::quick();
    config.accounts[name] = password;
    EXPECT_THROW(Lab{config}, std::invalid_argument);
  }
}

// Goal: the time of an answer must not tell which names exist.
// Method: an unknown name must cost the same job: same count of iterations, a salt of the same size.
TEST(Login, AnUnknownNameCostsTheSameWorkAsAKnownOne) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& person = lab.connect();
  person.sends("LOGIN nobody :x");
  ASSERT_EQ(lab.passwords.jobs.size(), 1U);
  const PasswordJob unknown = lab.passwords.jobs.front();
  lab.works_on_passwords();
  const std::string answer_unknown = person.reads();
  person.sends("LOGIN bob :x");
  ASSERT_EQ(lab.passwords.jobs.size(), 1U);
  const PasswordJob known = lab.passwords.jobs.front();
  lab.works_on_passwords();
  EXPECT_EQ(unknown.iteration_count, known.iteration_count);
  EXPECT_EQ(unknown.salt.size(), known.salt.size());
  EXPECT_EQ(answer_unknown, person.reads());
}

TEST(Login, WhileAPasswordIsCheckedLaterFramesWaitAndKeepTheirOrder) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& bob = lab.connect();
  bob.sends_bytes("LOGIN bob id=1 :secret\nJOIN #lab id=2\nSAY #lab id=3 :hi\nPI");
  EXPECT_EQ(bob.reads(), "");
  EXPECT_FALSE(lab.core->wants_input(bob.id));
  bob.sends_bytes("NG :late\n");  // was on its way already
  EXPECT_EQ(bob.reads(), "");
  lab.works_on_passwords();
  const std::string heard = bob.reads();
  const std::size_t login = heard.find("OK id=1");
  const std::size_t join = heard.find("OK id=2");
  const std::size_t say = heard.find("OK id=3");
  EXPECT_TRUE(login < join && join < say && say < heard.find("PONG :late")) << heard;
  EXPECT_TRUE(lab.core->wants_input(bob.id));
}

TEST(Login, AResultForAConnectionThatIsGoneIsIgnored) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& bob = lab.connect();
  bob.sends("LOGIN bob :secret");
  bob.drops();
  lab.works_on_passwords();
  EXPECT_FALSE(lab.events.has("login bob"));
}

TEST(Login, WhenThePasswordWorkersAreBusyTheClientIsToldToRetry) {
  Lab lab;
  lab.passwords.job_count_max = 0;
  EXPECT_TRUE(lab.connect().asks("LOGIN bob :secret").starts_with("ERR 503 BUSY verb=LOGIN retry=1000 :"));
}

TEST(Login, PasswordsOverTheLimitAndInClearWhereForbiddenAreRefused) {
  Lab lab;
  EXPECT_TRUE(lab.connect()
                  .asks("LOGIN bob :" + std::string(129, 'x'))
                  .starts_with("ERR 413 TOO_LARGE verb=LOGIN max=128 :"));
  ServerConfig config = Lab::quick();
  config.clear_passwords_allowed = false;
  Lab careful(config);
  EXPECT_TRUE(careful.connect().asks("LOGIN bob :x").starts_with("ERR 426 NEED_TLS"));
  EXPECT_TRUE(careful.connect().asks("REGISTER bob :x").starts_with("ERR 426 NEED_TLS"));
}

TEST(Login, TheSameDeviceTakesTheOldConnectionOver) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& old_connection = lab.login("LOGIN bob device=pc :secret");
  Person& tablet = lab.login("LOGIN bob device=tablet :secret");
  Person& new_connection = lab.login("LOGIN bob device=pc :secret");
  EXPECT_TRUE(old_connection.reads().starts_with("BYE 409 REPLACED :"));
  EXPECT_TRUE(old_connection.is_cut_by_server());
  EXPECT_FALSE(tablet.is_cut_by_server());
  EXPECT_FALSE(new_connection.is_cut_by_server());
}

// Goal: no login on a connection that is logged in is taken for one, and none changes the token or the name.
TEST(Login, WhoIsLoggedInIsToldSoAndKeepsTheToken) {
  ServerConfig config = Lab::quick();
  config.accounts["carol"] = "secret";
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& carol = lab.login("LOGIN carol device=pc :secret");
  for (Person* person : {&alice, &carol}) {
    const std::string name = person == &alice ? "alice" : "carol";
    for (const std::string& line :
         {std::string("LOGIN ") + name, "LOGIN " + name + " :wrong", "LOGIN " + name + " :secret",
          std::string("LOGIN bob"), "LOGIN " + name + " device=d-alice token=" + person->token,
          "REGISTER " + name + " :x"})
      EXPECT_TRUE(person->asks(line).find(" :you are logged in already, as " + name) != std::string::npos)
          << line;
    EXPECT_EQ(lab.passwords.jobs.size(), 0U);
    person->drops();
  }
  EXPECT_FALSE(lab.login("LOGIN alice device=d-alice token=" + alice.token).token.empty());
  EXPECT_FALSE(lab.login("LOGIN carol device=pc token=" + carol.token).token.empty());
}

TEST(Tokens, ATokenBringsItsDeviceBackAndIsReplaced) {
  Lab lab;
  Person& alice = lab.guest("alice");
  const std::string first = alice.token;
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + first);
  ASSERT_FALSE(back.token.empty());
  EXPECT_NE(back.token, first);
  back.asks("PING");
  EXPECT_TRUE(lab.events.has("login alice d-alice token"));
  EXPECT_TRUE(
      lab.connect().asks("LOGIN alice device=d-alice token=" + first).starts_with("ERR 402 BAD_LOGIN"));
}

TEST(Tokens, ATokenIsGoodForItsDeviceOnly) {
  Lab lab;
  Person& alice = lab.guest("alice");
  EXPECT_TRUE(
      lab.connect().asks("LOGIN alice device=other token=" + alice.token).starts_with("ERR 402 BAD_LOGIN"));
  EXPECT_TRUE(lab.connect().asks("LOGIN alice token=" + alice.token).starts_with("ERR 402 BAD_LOGIN"));
  EXPECT_TRUE(lab.connect().asks("LOGIN alice device=d-alice token=0").starts_with("ERR 402 BAD_LOGIN"));
}

// Goal: the answer with the new token may be lost with the connection; its owner must still get back in,
// whatever it had sent behind its LOGIN, and whether the server knows yet that the connection is gone or not.
TEST(Tokens, TheReplacedTokenIsGoodUntilTheNewOneIsUsed) {
  Lab lab;
  Person& alice = lab.guest("alice");
  const std::string first = alice.token;
  alice.drops();
  const std::string login = "LOGIN alice device=d-alice token=" + first;
  lab.login(login).drops();
  lab.login(login + "\nJOIN #lab\nPING").drops();  // on their way before the OK was written
  lab.login(login);                                // half open
  Person& back = lab.login(login);
  ASSERT_FALSE(back.token.empty());
  back.asks("PING");
  EXPECT_TRUE(lab.connect().asks(login).starts_with("ERR 402 BAD_LOGIN")) << "takes nobody's session over";
  back.drops();
  Person& last = lab.login("LOGIN alice device=d-alice token=" + back.token);
  ASSERT_FALSE(last.token.empty());
  last.drops();
  EXPECT_TRUE(lab.connect().asks(login).starts_with("ERR 402 BAD_LOGIN"));
}

TEST(Tokens, AGuestIsForgottenAfterTenMinutes) {
  Lab lab;
  Person& alice = lab.guest("alice");
  alice.drops();
  lab.passes(Milliseconds(601'000));
  EXPECT_TRUE(
      lab.connect().asks("LOGIN alice device=d-alice token=" + alice.token).starts_with("ERR 402 BAD_LOGIN"));
}

// RFC 7677, section 3, gives a whole exchange for user "user", password "pencil".
TEST(Verifier, AgreesWithTheExampleOfRfc7677) {
  const std::string salt("\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81", 16);
  const PasswordResult result = run(PasswordJob{ConnectionId{1}, 1, "pencil", salt, 4096});
  const core::Verifier verifier = core::make_verifier(salt, 4096, result.salted_password);
  const std::string nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const std::string exchange =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=" + nonce;
  EXPECT_EQ(hex(hmac_sha256(verifier.server_key, exchange)),
            "eabae24d1062db75a9451ff0b6ea7e98c8546549ff741e672d3251b2397de46e");
  // The client's proof hides its key behind a signature made with StoredKey, and StoredKey is the hash of
  // that key.
  std::string client_key = hmac_sha256(verifier.stored_key, exchange);
  const std::string proof = "747cdb65aa56224e2352137e52d7bdcad6a0f738df30782caa69a2cfb0277554";
  for (std::size_t index = 0; index < client_key.size(); ++index)
    client_key[index] =
        static_cast<char>(client_key[index] ^ std::stoi(proof.substr(index * 2, 2), nullptr, 16));
  EXPECT_EQ(hex(sha256(client_key)), hex(verifier.stored_key));
  EXPECT_TRUE(core::matches(verifier, result.salted_password));
  EXPECT_FALSE(
      core::matches(verifier, run(PasswordJob{ConnectionId{1}, 1, "Pencil", salt, 4096}).salted_password));
}

}  // namespace
}  // namespace plaintalk::messenger::test
