using Attune.Devices.Knobs;

namespace Attune.Devices.Tests.Knobs;

public sealed class KnobSessionTests
{
    [Fact]
    public void Without_release_nothing_beyond_the_process_is_written()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        using KnobSession session = Open(machine, release: false);
        KnobChange change = session.Write("emc", 40800000);
        change.Outcome.ShouldBe(KnobOutcome.Dry);
        change.Effective.ShouldBe(1600000000);
        machine.All().ShouldBe(before);
        File.Exists(machine.RestorePath).ShouldBeFalse();
    }

    [Fact]
    public void Everything_is_as_before_when_the_session_ends()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        using (KnobSession session = Open(machine, release: true))
        {
            foreach (Knob knob in session.Knobs.Where(knob => knob.BeyondProcess))
            {
                session.Write(knob.Id, knob.Min).Outcome.ShouldBe(KnobOutcome.Applied);
                session.Write(knob.Id, knob.Max).Outcome.ShouldBe(KnobOutcome.Applied);
            }

            machine.All().ShouldNotBe(before);
        }

        machine.All().ShouldBe(before);
        File.Exists(machine.RestorePath).ShouldBeFalse();
    }

    [Fact]
    public void The_restore_file_is_complete_before_the_first_write()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        bool guarded = false;
        IDisposable Guard(string file)
        {
            // Nothing has been written when the guard starts, and its file undoes whatever will be.
            machine.All().ShouldBe(before);
            File.ReadAllText(file).ShouldContain("scaling_governor");
            guarded = true;
            return new MemoryStream();
        }

        using KnobSession session = Open(machine, release: true, Guard);
        session.Write("cpufreq/policy0", 345600);
        guarded.ShouldBeTrue();
    }

    [Fact]
    public void What_a_killed_run_left_behind_is_put_back_by_the_next_one()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        KnobSession killed = Open(machine, release: true);
        killed.Write("emc", 40800000);
        killed.Write("devfreq/17000000.gp10b", 140250000);
        string left = File.ReadAllText(machine.RestorePath);
        killed.Dispose();

        // As if the process had been killed: the clocks are low, the file is there, its owner is not.
        machine.Put($"{KnobMachine.Emc}/rate", "40800000");
        machine.Put($"{KnobMachine.Emc}/mrq_rate_locked", "1");
        machine.Put($"{KnobMachine.Gpu}/max_freq", "140250000");
        string[] lines = left.Split('\n');
        File.WriteAllText(machine.RestorePath, string.Join('\n', lines.Skip(1).Prepend("attune-restore 1 999999 1")));
        using KnobSession next = Open(machine, release: true);
        machine.All().ShouldBe(before);
    }

    [Fact]
    public void The_knobs_of_a_living_run_are_left_alone()
    {
        using var machine = KnobMachine.Jetson();
        string start = File.ReadAllText("/proc/1/stat").Split(") ")[^1].Split(' ')[19];
        File.WriteAllText(machine.RestorePath, $"attune-restore 1 1 {start}\n");
        KnobSession.Open(
            KnobCatalog.Discover(machine.Root, 4, nvidia: false),
            new KnobSessionOptions { Root = machine.Root, RestorePath = machine.RestorePath, Release = true })
            .Error.ShouldNotBeNull().ShouldContain("process 1");
    }

    [Fact]
    public void A_restore_file_writes_to_knobs_only()
    {
        using var machine = KnobMachine.Jetson();
        machine.Put("/etc/passwd", "root");
        machine.Put("/sys/class/devfreq/x/notes", "mine");
        File.WriteAllText(machine.RestorePath, "attune-restore 1 999999 "
            + $"1\n/etc/passwd\tevil\n/sys/class/devfreq/x/notes\tevil\n/sys/class/devfreq/../../../etc/passwd\tevil\n{KnobMachine.Emc}/rate\t5\n");
        RestoreReport report = RestoreFile.Apply(machine.Root, machine.RestorePath);
        report.IsComplete.ShouldBeTrue();
        report.Ignored.Length.ShouldBe(3);
        machine.Get("/etc/passwd").ShouldBe("root");
        machine.Get("/sys/class/devfreq/x/notes").ShouldBe("mine");
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("5");
    }

    [Fact]
    public void Nothing_is_turned_until_what_puts_it_back_is_saved()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        string folder = Path.Combine(machine.Root, "later");
        using (KnobSession session = KnobSession.Open(
            Clocks(machine), new KnobSessionOptions { Root = machine.Root, RestorePath = Path.Combine(folder, "restore"), Release = true })
            .Value.ShouldNotBeNull())
        {
            for (int attempt = 0; attempt < 3; attempt++)
            {
                KnobChange refused = session.Turn("emc", 40800000).ShouldNotBeNull();
                refused.Outcome.ShouldBe(KnobOutcome.Refused);
                refused.Message.ShouldNotBeNull().ShouldContain(folder);
                session.Write("cpufreq/policy0", 345600).Outcome.ShouldBe(KnobOutcome.Refused);
                machine.All().ShouldBe(before);
            }

            Directory.CreateDirectory(folder);
            session.Turn("emc", 40800000).ShouldBeNull("it can be saved now");
            machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("40800000");
        }

        machine.All().ShouldBe(before);
    }

    [Fact]
    public void Without_its_guard_nothing_is_turned_and_no_file_stays()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        using KnobSession session = Open(machine, release: true, _ => throw new InvalidOperationException("no such program"));
        for (int attempt = 0; attempt < 2; attempt++)
        {
            session.Turn("emc", 40800000).ShouldNotBeNull().Message.ShouldNotBeNull().ShouldContain("no such program");
            File.Exists(machine.RestorePath).ShouldBeFalse();
        }

        machine.All().ShouldBe(before);
    }

    [Fact]
    public void A_second_session_does_not_take_the_restore_file_of_the_first()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        using (KnobSession first = Open(machine, release: true))
        {
            using KnobSession second = Open(machine, release: true);
            first.Turn("emc", 40800000).ShouldBeNull();
            string saved = File.ReadAllText(machine.RestorePath);
            second.Turn("cpufreq/policy0", 345600).ShouldNotBeNull().Outcome.ShouldBe(KnobOutcome.Refused);
            File.ReadAllText(machine.RestorePath).ShouldBe(saved);
        }

        machine.All().ShouldBe(before);
    }

    [Fact]
    public void A_device_that_was_away_when_the_others_were_saved_is_not_turned()
    {
        using var machine = KnobMachine.Jetson();
        using KnobSession session = Open(machine, release: true);
        string away = machine.Root + "/away";
        Directory.Move(machine.Root + KnobMachine.Gpu, away);
        session.Turn("emc", 40800000).ShouldBeNull();
        Directory.Move(away, machine.Root + KnobMachine.Gpu);
        session.Turn("devfreq/17000000.gp10b", 140250000).ShouldNotBeNull().Message.ShouldNotBeNull().ShouldContain("could not be put back");
        machine.Get($"{KnobMachine.Gpu}/max_freq").ShouldBe("1300500000");
    }

    [Fact]
    public void What_could_not_be_put_back_is_told()
    {
        using var machine = KnobMachine.Jetson();
        var told = new List<string>();
        using (KnobSession session = KnobSession.Open(
            Clocks(machine), new KnobSessionOptions { Root = machine.Root, RestorePath = machine.RestorePath, Release = true, Notify = told.Add })
            .Value.ShouldNotBeNull())
        {
            session.Turn("emc", 40800000).ShouldBeNull();
            Directory.Delete(machine.Root + KnobMachine.Gpu, recursive: true);
        }

        told.ShouldContain(each => each.StartsWith($"not put back: {KnobMachine.Gpu}/"));
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1600000000", "the others are");
    }

    [Fact]
    public void Writes_are_rationed()
    {
        using var machine = KnobMachine.Jetson();
        var clock = new ManualClock();
        using KnobSession session = Open(machine, release: true, clock: clock, writes: 3);
        for (int i = 0; i < 3; i++)
        {
            session.Write("emc", 40800000).Outcome.ShouldBe(KnobOutcome.Applied);
        }

        session.Write("emc", 40800000).Outcome.ShouldBe(KnobOutcome.TooOften);
        clock.Now += TimeSpan.FromSeconds(1);
        session.Write("emc", 40800000).Outcome.ShouldBe(KnobOutcome.Applied);
    }

    [Fact]
    public void A_knob_that_stands_there_already_is_not_written()
    {
        using var machine = KnobMachine.Jetson();
        using KnobSession session = Open(machine, release: true, writes: 2);
        session.ReadBack("emc").ShouldBeNull("it was never turned");
        for (int i = 0; i < 5; i++)
        {
            session.Turn("emc", 1866000000).ShouldBeNull();
        }

        session.ReadBack("emc").ShouldNotBeNull().Outcome.ShouldBe(KnobOutcome.Applied);
        machine.Put($"{KnobMachine.Emc}/rate", "1600000000");
        session.ReadBack("emc").ShouldNotBeNull().Outcome.ShouldBe(KnobOutcome.Capped);
        session.Turn("emc", 40800000).ShouldBeNull();
        session.Turn("emc", 1866000000).ShouldNotBeNull().Outcome.ShouldBe(
            KnobOutcome.TooOften, "two writes a second are allowed, and only what changed was written");
    }

    [Fact]
    public void Without_release_turning_writes_and_says_nothing()
    {
        using var machine = KnobMachine.Jetson();
        Dictionary<string, string> before = machine.All();
        using KnobSession session = Open(machine, release: false);
        session.Turn("emc", 40800000).ShouldBeNull();
        session.ReadBack("emc").ShouldBeNull();
        machine.All().ShouldBe(before);
    }

    [Fact]
    public void An_unknown_knob_names_those_there_are()
    {
        using var machine = KnobMachine.Jetson();
        using KnobSession session = Open(machine, release: false);
        Should.Throw<KeyNotFoundException>(() => session.Write("emcc", 1)).Message.ShouldContain("emc");
        session.Read("emcc").ShouldBeNull();
    }

    private static IEnumerable<IKnob> Clocks(KnobMachine machine) =>
        KnobCatalog.Discover(machine.Root, 4, nvidia: false).Where(knob => knob.Description.BeyondProcess);

    private static KnobSession Open(KnobMachine machine, bool release, Func<string, IDisposable>? guard = null, TimeProvider? clock = null, int writes = 500) =>
        KnobSession.Open(
            Clocks(machine),
            new KnobSessionOptions
            {
                Root = machine.Root,
                RestorePath = machine.RestorePath,
                Release = release,
                StartGuard = guard,
                Clock = clock ?? TimeProvider.System,
                WritesPerSecond = writes,
            }).Value.ShouldNotBeNull();
}
