using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Tests.Live;

public sealed class KnobActuatorTests : IDisposable
{
    private readonly ClockFiles machine = new();
    private readonly CohortSetup setup = ClockFiles.Setup(10);
    private readonly List<string> told = [];

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Wanting_turns_nothing_and_settling_turns_to_the_newest_wish()
    {
        using KnobSession session = machine.Open();
        var actuator = new KnobActuator(setup, session, TimeProvider.System, told.Add);
        actuator.IsBehind.ShouldBeFalse();
        actuator.Want(0);
        actuator.Want(1);
        machine.Upper.ShouldBe(2000000);
        actuator.IsBehind.ShouldBeTrue();
        actuator.Settle();
        actuator.IsBehind.ShouldBeFalse();
        (machine.Lower, machine.Upper).ShouldBe((1500000, 1500000));
        actuator.Want(StageChoice.Rest);
        actuator.Settle();
        (machine.Lower, machine.Upper).ShouldBe((1000000, 1000000));
        actuator.RestUs.ShouldBeGreaterThan(0);
        told.ShouldBeEmpty();
    }

    [Fact]
    public void Trouble_is_told_once_and_repeated_until_it_works()
    {
        var clock = new ManualClock();
        using KnobSession session = machine.Open(writes: 1, clock);
        var actuator = new KnobActuator(setup, session, TimeProvider.System, told.Add);
        actuator.Want(0);
        actuator.Settle();
        actuator.Want(2);
        actuator.Settle();
        actuator.Repeat();
        told.ShouldHaveSingleItem().ShouldContain("more than 1 writes a second");
        machine.Upper.ShouldBe(1000000);
        clock.Now = TimeSpan.FromSeconds(1);
        actuator.Repeat();
        machine.Upper.ShouldBe(2000000);
        told.Count.ShouldBe(1);
    }

    [Fact]
    public void Without_knobs_nothing_is_ever_behind()
    {
        var actuator = new KnobActuator(setup, null, TimeProvider.System, null);
        actuator.Want(2);
        actuator.IsBehind.ShouldBeFalse();
        actuator.Settle();
        actuator.Turned.ShouldBeEmpty();
    }

    [Fact]
    public void However_many_threads_want_and_settle_the_last_wish_wins()
    {
        using KnobSession session = machine.Open(writes: 1_000_000);
        var actuator = new KnobActuator(setup, session, TimeProvider.System, told.Add);
        var gate = new Lock();
        int last = 0;
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            lock (gate)
            {
                last = i % 3;
                actuator.Want(last);
            }

            actuator.Settle();
        });
        SpinWait.SpinUntil(() => !actuator.IsBehind, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        machine.Upper.ShouldBe((long)setup.ValuesOf(last)[0]);
        machine.Lower.ShouldBe(machine.Upper);
    }

    [Fact]
    public void Nobody_waits_for_a_thread_that_turns_and_that_one_sees_to_the_newest_wish()
    {
        using var knob = new SlowKnob();
        using KnobSession session = KnobSession.Open(
            [knob], new KnobSessionOptions { Root = machine.Root, Release = true, Force = true }).Value.ShouldNotBeNull();
        var actuator = new KnobActuator(setup, session, TimeProvider.System, told.Add);
        actuator.Want(0);
        var turning = new Thread(actuator.Settle);
        turning.Start();
        knob.Begun.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();

        // Another lane decides meanwhile and goes on with its stage: this call would hang if it waited.
        actuator.IsBehind.ShouldBeTrue("the knobs are not yet where they are wanted");
        actuator.Settle();
        actuator.Want(2);
        actuator.Settle();
        actuator.IsBehind.ShouldBeTrue();
        knob.Turned.ShouldBeEmpty();

        knob.MayGoOn.Set();
        turning.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        actuator.IsBehind.ShouldBeFalse();
        knob.Turned.ShouldBe([1000000, 2000000]);
    }

    private sealed class SlowKnob : IKnob, IDisposable
    {
        public ManualResetEventSlim Begun { get; } = new();

        public ManualResetEventSlim MayGoOn { get; } = new();

        public List<long> Turned { get; } = [];

        public Knob Description { get; } = new(ClockFiles.Clock, "kHz", [1000000, 1500000, 2000000], BeyondProcess: true);

        public bool IsRestoredElsewhere => true;

        public long? Read() => null;

        public KnobChange? Turn(long value)
        {
            Begun.Set();
            MayGoOn.Wait();
            Turned.Add(value);
            return null;
        }

        public KnobChange ReadBack(long asked) => new(ClockFiles.Clock, asked, asked, KnobOutcome.Applied);

        public System.Collections.Immutable.ImmutableArray<RestoreStep> Snapshot() => [];

        public void Dispose()
        {
            Begun.Dispose();
            MayGoOn.Dispose();
        }
    }
}
