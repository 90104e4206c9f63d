namespace Attune.Devices.Tests;

public sealed class ResultTests
{
    [Fact]
    public void A_value_or_an_error_becomes_a_result()
    {
        Result<Version, string> value = new Version(1, 2);
        (value.Succeeded, value.Value, value.Error).ShouldBe((true, new Version(1, 2), null));
        value.OrThrow(error => new InvalidOperationException(error)).ShouldBe(new Version(1, 2));
        Result<Version, string> error = "there is none";
        (error.Succeeded, error.Value, error.Error).ShouldBe((false, null, "there is none"));
        Should.Throw<InvalidOperationException>(() => error.OrThrow(why => new InvalidOperationException(why))).Message.ShouldBe("there is none");
    }

    [Fact]
    public void A_value_known_by_an_interface_becomes_a_result()
    {
        IComparable known = new Version(1, 2);
        new Result<IComparable, Version>(known).Value.ShouldBeSameAs(known);
    }
}
