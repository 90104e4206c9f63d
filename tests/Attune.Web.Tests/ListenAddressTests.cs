using System.Net;

namespace Attune.Web.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("8421", "127.0.0.1:8421")]
    [InlineData("0", "127.0.0.1:0")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("127.0.0.1:8421", "127.0.0.1:8421")]
    [InlineData("0.0.0.0:1", "0.0.0.0:1")]
    [InlineData("[::1]:9", "[::1]:9")]
    public void An_address_is_read(string text, string address) => ListenAddress.Parse(text).ShouldNotBeNull().ToString().ShouldBe(address);

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("example.org:80")]
    [InlineData("localhost:80x")]
    public void What_is_no_address_is_refused(string text) => ListenAddress.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData(null, true)]
    [InlineData("localhost:8421", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]:8421", true)]
    [InlineData("evil.example:8421", false)]
    [InlineData("10.0.0.1:8421", false)]
    public void A_loopback_address_serves_only_those_who_mean_it(string? host, bool serves) => ListenAddress.Serves(IPAddress.Loopback, host).ShouldBe(serves);

    [Fact]
    public void An_address_that_was_opened_on_purpose_serves_every_name() => ListenAddress.Serves(IPAddress.Any, "board.local:8421").ShouldBeTrue();
}
