using Attune.Devices.Knobs;
using Attune.Devices.Knobs.Remote;

namespace Attune.Devices.Tests.Knobs.Remote;

public sealed class KnobProtocolTests
{
    [Fact]
    public void A_knob_is_read_as_it_was_written()
    {
        var knob = new Knob("cpufreq/policy0", "kHz", [345600, 2035200], BeyondProcess: true);
        Knob read = KnobProtocol.Knob(KnobProtocol.Line(knob)).ShouldNotBeNull();
        (read with { Values = knob.Values }).ShouldBe(knob);
        read.Values.ShouldBe(knob.Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("knob a b")]
    [InlineData("knob a b ")]
    [InlineData("knob a b 1,x")]
    [InlineData("knob a b 2,1")]
    [InlineData("knob a b -1")]
    [InlineData("knob  b 1")]
    public void What_is_no_knob_is_refused(string line) => KnobProtocol.Knob(line).ShouldBeNull();

    [Theory]
    [InlineData("read emc", "read", "emc", 0)]
    [InlineData("turn emc 12", "turn", "emc", 12)]
    [InlineData("back emc 12", "back", "emc", 12)]
    public void A_request_is_read(string line, string verb, string knob, long value) => KnobProtocol.Request(line).ShouldBe((verb, knob, value));

    [Theory]
    [InlineData("")]
    [InlineData("read")]
    [InlineData("turn emc")]
    [InlineData("turn emc -1")]
    [InlineData("turn emc 99999999999999999999")]
    [InlineData("stop emc 1")]
    public void What_is_no_request_is_refused(string line) => KnobProtocol.Request(line).ShouldBeNull();

    [Fact]
    public void Answers_say_what_changes_say_on_one_line()
    {
        KnobProtocol.Answered(KnobProtocol.Answer(new KnobChange("emc", 5, 4, KnobOutcome.TooOften, "a b\nc"))).ShouldBe(("toooften", 4, "a b?c"));
        KnobProtocol.Answered(KnobProtocol.Answer((KnobChange?)null)).ShouldBe(("applied", null, null));
        KnobProtocol.Answered(KnobProtocol.Answer(7L)).ShouldBe(("read", 7, null));
        KnobProtocol.OutcomeOf("toooften").ShouldBe(KnobOutcome.TooOften);
        KnobProtocol.OutcomeOf("read").ShouldBeNull();
        KnobProtocol.Answered("is applied x").ShouldBeNull();
        KnobProtocol.Answered("no").ShouldBeNull();
    }

    [Fact]
    public void Users_are_found_by_name_and_number()
    {
        using var machine = new KnobMachine();
        machine.Put("/etc/passwd", "root:x:0:0::/root:/bin/sh\ncamera:x:1007:1007::/home/camera:/bin/sh");
        SystemUsers.Find("camera", machine.Root).ShouldBe(1007u);
        SystemUsers.Find("12", machine.Root).ShouldBe(12u);
        SystemUsers.Find("radar", machine.Root).ShouldBeNull();
        machine.Put("/proc/self/status", "Name:\tx\nUid:\t1000\t1001\t1000\t1000\n");
        SystemUsers.Current(machine.Root).ShouldBe(1001u);
    }
}
