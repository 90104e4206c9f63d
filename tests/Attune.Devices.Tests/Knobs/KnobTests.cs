using Attune.Devices.Knobs;

namespace Attune.Devices.Tests.Knobs;

public sealed class KnobTests
{
    [Fact]
    public void A_machine_without_clocks_has_only_what_the_process_owns()
    {
        using var machine = new KnobMachine();
        KnobCatalog.Discover(machine.Root, 4, nvidia: false).ShouldAllBe(knob => !knob.Description.BeyondProcess);
    }

    [Fact]
    public void The_clocks_of_a_Jetson_are_found_with_their_values()
    {
        using var machine = KnobMachine.Jetson();
        Knob[] knobs = [.. KnobCatalog.Discover(machine.Root, 4, nvidia: false).Select(knob => knob.Description).Where(knob => knob.BeyondProcess)];
        knobs.Select(knob => knob.Id).ShouldBe(["cpufreq/policy0", "devfreq/17000000.gp10b", "emc"]);
        knobs[0].Values.ShouldBe([345600, 1113600, 2035200]);
        knobs[1].Unit.ShouldBe("Hz");
        knobs[2].Max.ShouldBe(1866000000);
    }

    [Fact]
    public void A_driver_without_a_table_takes_steps_of_a_hundred_megahertz()
    {
        using var machine = new KnobMachine();
        machine.Put($"{KnobMachine.Policy}/cpuinfo_min_freq", "800000");
        machine.Put($"{KnobMachine.Policy}/cpuinfo_max_freq", "1150000");
        machine.Put($"{KnobMachine.Policy}/scaling_min_freq", "800000");
        machine.Put($"{KnobMachine.Policy}/scaling_max_freq", "1150000");
        Find(machine, "cpufreq/policy0").Description.Values.ShouldBe([800000, 900000, 1000000, 1100000, 1150000]);
    }

    [Theory]
    [InlineData(345600)]
    [InlineData(1113600)]
    [InlineData(2035200)]
    public void A_pinned_clock_has_both_limits_alike(long value)
    {
        using var machine = KnobMachine.Jetson();
        IKnob knob = Find(machine, "cpufreq/policy0");
        KnobChange change = Write(knob, value);
        change.Outcome.ShouldBe(KnobOutcome.Applied);
        machine.Get($"{KnobMachine.Policy}/scaling_min_freq").ShouldBe($"{value}");
        machine.Get($"{KnobMachine.Policy}/scaling_max_freq").ShouldBe($"{value}");
        knob.Read().ShouldBe(value);
    }

    [Fact]
    public void A_clock_that_the_system_holds_down_is_capped()
    {
        using var machine = KnobMachine.Jetson();
        machine.Put($"{KnobMachine.Gpu}/cur_freq", "854250000");
        KnobChange change = Write(Find(machine, "devfreq/17000000.gp10b"), 1300500000);
        change.Outcome.ShouldBe(KnobOutcome.Capped);
        change.Effective.ShouldBe(854250000);
        change.Message.ShouldNotBeNull().ShouldContain("854250000");
    }

    [Fact]
    public void A_file_that_vanishes_is_a_knob_that_is_gone()
    {
        using var machine = KnobMachine.Jetson();
        IKnob knob = Find(machine, "emc");
        Directory.Delete(machine.Root + KnobMachine.Emc, recursive: true);
        Write(knob, 40800000).Outcome.ShouldBe(KnobOutcome.Gone);
        knob.Read().ShouldBeNull();
    }

    [Fact]
    public void What_x86_drivers_measure_is_no_sign_of_a_cap()
    {
        using var machine = KnobMachine.Jetson();
        machine.Put($"{KnobMachine.Policy}/scaling_driver", "intel_pstate");
        machine.Put($"{KnobMachine.Policy}/scaling_cur_freq", "800000");
        IKnob knob = Find(machine, "cpufreq/policy0");
        Write(knob, 2035200).Outcome.ShouldBe(KnobOutcome.Applied, "an idle processor averages less than its limit");
        machine.Put($"{KnobMachine.Policy}/scaling_max_freq", "1113600");
        knob.ReadBack(2035200).Outcome.ShouldBe(KnobOutcome.Capped, "the limit itself was lowered");
    }

    [Fact]
    public void A_limit_that_somebody_else_moved_is_written_in_the_other_order()
    {
        using var machine = KnobMachine.Jetson();
        IKnob knob = Find(machine, "cpufreq/policy0");
        knob.Turn(2035200).ShouldBeNull();
        machine.Put($"{KnobMachine.Policy}/scaling_min_freq", "345600");
        machine.Put($"{KnobMachine.Policy}/scaling_max_freq", "345600");
        Write(knob, 1113600).Outcome.ShouldBe(KnobOutcome.Applied);
        machine.Get($"{KnobMachine.Policy}/scaling_min_freq").ShouldBe("1113600");
    }

    [Fact]
    public void A_shorter_text_leaves_nothing_of_a_longer_one()
    {
        using var machine = KnobMachine.Jetson();
        IKnob knob = Find(machine, "devfreq/17000000.gp10b");
        knob.Turn(1300500000).ShouldBeNull();
        knob.Turn(140250000).ShouldBeNull();
        machine.Get($"{KnobMachine.Gpu}/max_freq").ShouldBe("140250000");
    }

    [Fact]
    public void Turning_allocates_nothing()
    {
        using var machine = KnobMachine.Jetson();
        IKnob knob = Find(machine, "cpufreq/policy0");
        for (int i = 0; i < 50; i++)
        {
            knob.Turn(i % 2 == 0 ? 345600 : 2035200).ShouldBeNull();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            if (knob.Turn(i % 2 == 0 ? 345600 : 2035200) is { } trouble)
            {
                throw new InvalidOperationException(trouble.Message);
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200, "a stray byte of the runtime aside");
    }

    [Fact]
    public void The_memory_clock_is_locked_before_it_is_set()
    {
        using var machine = KnobMachine.Jetson();
        Write(Find(machine, "emc"), 1866000000).Outcome.ShouldBe(KnobOutcome.Applied);
        machine.Get($"{KnobMachine.Emc}/mrq_rate_locked").ShouldBe("1");
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1866000000");
        machine.Get($"{KnobMachine.Emc}/state").ShouldBe("1");
    }

    [Fact]
    public void Bandwidth_is_a_quota_of_a_short_period()
    {
        using var machine = new KnobMachine();
        machine.Put("/proc/self/cgroup", "0::/user.slice/run-1.scope");
        machine.Put("/sys/fs/cgroup/user.slice/run-1.scope/cpu.max", "max 100000");
        IKnob knob = Find(machine, "cgroup/cpu");
        knob.Read().ShouldBe(400);
        Write(knob, 150).Outcome.ShouldBe(KnobOutcome.Applied);
        machine.Get("/sys/fs/cgroup/user.slice/run-1.scope/cpu.max").ShouldBe("15000 10000");
        knob.Snapshot().ShouldHaveSingleItem().Text.ShouldBe("15000 10000");
    }

    [NeedingFact(Need.Linux)]
    public void Affinity_limits_the_process_and_gives_back_what_it_had()
    {
        AffinityKnob knob = AffinityKnob.Discover().ShouldNotBeNull();
        long before = knob.Read().ShouldNotBeNull();
        try
        {
            Write(knob, 1).Effective.ShouldBe(1);
        }
        finally
        {
            Write(knob, before).Effective.ShouldBe(before);
        }
    }

    [Fact]
    public void Programs_that_set_clocks_too_are_named()
    {
        using var machine = new KnobMachine();
        machine.Put("/proc/712/comm", "thermald");
        machine.Put("/proc/713/comm", "bash");
        machine.Put("/proc/self/comm", "tuned");
        KnobCatalog.OtherGovernors(machine.Root).ShouldBe(["thermald"]);
    }

    private static KnobChange Write(IKnob knob, long value) => knob.Turn(value) ?? knob.ReadBack(value);

    private static IKnob Find(KnobMachine machine, string id) => KnobCatalog.Discover(machine.Root, 4, nvidia: false).Single(knob => knob.Description.Id == id);
}
