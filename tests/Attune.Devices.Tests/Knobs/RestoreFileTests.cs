using System.Diagnostics;
using System.Runtime.Versioning;
using Attune.Devices.Knobs;

namespace Attune.Devices.Tests.Knobs;

[UnsupportedOSPlatform("windows")]
public sealed class RestoreFileTests : IDisposable
{
    private readonly KnobMachine machine = KnobMachine.Jetson();

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("nvml/\u0663")]
    [InlineData("nvml/+3")]
    [InlineData("nvml/ 3")]
    [InlineData("nvml/1234")]
    [InlineData("nvml/")]
    [InlineData("/sys/devices/system/cpu/cpufreq/policy\u0663/scaling_min_freq")]
    [InlineData("/sys/class/devfreq/\u00e4/min_freq")]
    public void A_line_that_names_no_knob_is_told_and_the_others_are_carried_out(string target)
    {
        Left($"{target}\t1\n{KnobMachine.Emc}/rate\t5\nno tab\n");
        RestoreReport report = RestoreFile.Apply(machine.Root, machine.RestorePath);
        report.Ignored.Length.ShouldBe(2);
        report.Ignored[0].ShouldStartWith(target[..5]);
        report.Ignored[0].ShouldAllBe(symbol => symbol >= ' ' && symbol <= '~');
        report.IsComplete.ShouldBeTrue("everything that names a knob was put back");
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("5");
        File.Exists(machine.RestorePath).ShouldBeFalse();
    }

    [Fact]
    public void What_the_system_refuses_is_named()
    {
        Left("/sys/class/devfreq/gone/min_freq\t1\n");
        RestoreReport report = RestoreFile.Apply(machine.Root, machine.RestorePath);
        report.IsComplete.ShouldBeFalse();
        report.Refused.ShouldHaveSingleItem().ShouldStartWith("/sys/class/devfreq/gone/min_freq: ");
    }

    [Fact]
    public void A_symbolic_link_is_no_restore_file()
    {
        string elsewhere = Path.Combine(machine.Root, "elsewhere");
        File.WriteAllText(elsewhere, $"attune-restore 1 999999 1\n{KnobMachine.Emc}/rate\t5\n");
        File.CreateSymbolicLink(machine.RestorePath, elsewhere);
        RestoreFile.Apply(machine.Root, machine.RestorePath).Problem.ShouldNotBeNull().ShouldContain("symbolic link");
        RestoreFile.Recover(machine.Root, machine.RestorePath).ShouldNotBeNull().ShouldContain("symbolic link");
        RestoreFile.Save(machine.RestorePath, Step).ShouldNotBeNull().ShouldContain(machine.RestorePath);
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1600000000");
        File.ReadAllText(elsewhere).ShouldStartWith("attune-restore 1 999999 1");
        new FileInfo(machine.RestorePath).LinkTarget.ShouldBe(elsewhere);
    }

    [Fact]
    public void A_dangling_link_is_not_written_through()
    {
        string elsewhere = Path.Combine(machine.Root, "elsewhere");
        File.CreateSymbolicLink(machine.RestorePath, elsewhere);
        RestoreFile.Save(machine.RestorePath, Step).ShouldNotBeNull();
        File.Exists(elsewhere).ShouldBeFalse();
    }

    [Fact]
    public void A_link_where_older_versions_wrote_first_is_not_followed()
    {
        string victim = Path.Combine(machine.Root, "victim");
        File.WriteAllText(victim, "mine");
        File.CreateSymbolicLink(machine.RestorePath + ".new", victim);
        RestoreFile.Save(machine.RestorePath, Step).ShouldBeNull();
        File.ReadAllText(victim).ShouldBe("mine");
        File.ReadAllText(machine.RestorePath).ShouldContain("/rate\t7");
        File.GetUnixFileMode(machine.RestorePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(machine.Root).Length.ShouldBe(3, "no unfinished file stays");
    }

    [Fact]
    public void A_file_that_others_may_write_is_not_believed()
    {
        Left($"{KnobMachine.Emc}/rate\t5\n");
        File.SetUnixFileMode(machine.RestorePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        RestoreFile.Apply(machine.Root, machine.RestorePath).Problem.ShouldNotBeNull().ShouldContain("other users may write");
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1600000000");
        File.Exists(machine.RestorePath).ShouldBeTrue();
    }

    [NeedingFact(Need.Superuser)]
    public void A_file_of_another_user_is_not_believed()
    {
        Left($"{KnobMachine.Emc}/rate\t5\n");
        using (var chown = Process.Start("chown", ["65534", machine.RestorePath]))
        {
            chown.WaitForExit();
        }

        RestoreFile.Apply(machine.Root, machine.RestorePath).Problem.ShouldNotBeNull().ShouldContain("belongs to user 65534");
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1600000000");
    }

    [Fact]
    public void Neither_a_pipe_nor_a_folder_is_waited_for()
    {
        using (var mkfifo = Process.Start("mkfifo", [machine.RestorePath]))
        {
            mkfifo.WaitForExit();
        }

        RestoreFile.Apply(machine.Root, machine.RestorePath).Problem.ShouldNotBeNull().ShouldContain("no ordinary file");
        RestoreFile.Apply(machine.Root, machine.Root).Problem.ShouldNotBeNull().ShouldContain("no ordinary file");
    }

    [Theory]
    [InlineData("")]
    [InlineData("attune-restore 10 1 1\n")]
    [InlineData("my notes\n/sys/kernel/debug/bpmp/debug/clk/emc/rate\t5\n")]
    public void A_file_that_is_not_ours_is_left_as_it_is(string text)
    {
        File.WriteAllText(machine.RestorePath, text);
        RestoreFile.Apply(machine.Root, machine.RestorePath).Problem.ShouldNotBeNull().ShouldContain("no restore file");
        RestoreFile.Recover(machine.Root, machine.RestorePath).ShouldNotBeNull();
        RestoreFile.Save(machine.RestorePath, Step).ShouldNotBeNull();
        File.ReadAllText(machine.RestorePath).ShouldBe(text);
        machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1600000000");
    }

    [Fact]
    public void What_could_not_be_put_back_is_not_saved()
    {
        RestoreFile.Save(
            machine.RestorePath, [new RestoreStep("/sys/fs/cgroup/a b/cpu.max", "max 100000")]).ShouldNotBeNull().ShouldContain("/sys/fs/cgroup/a b/cpu.max");
        RestoreFile.Save(machine.RestorePath, [new RestoreStep($"{KnobMachine.Emc}/rate", "5\n/etc/passwd\tevil")]).ShouldNotBeNull();
        File.Exists(machine.RestorePath).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_file_there_is_nothing_to_do_and_nothing_to_tell()
    {
        RestoreReport report = RestoreFile.Apply(machine.Root, machine.RestorePath);
        report.IsComplete.ShouldBeTrue();
        report.Sentences.ShouldBeEmpty();
        RestoreFile.Recover(machine.Root, Path.Combine(machine.RestorePath, "below", "nothing")).ShouldBeNull();
    }

    private static System.Collections.Immutable.ImmutableArray<RestoreStep> Step => [new RestoreStep($"{KnobMachine.Emc}/rate", "7")];

    /// <summary>As a process that was killed leaves it.</summary>
    private void Left(string lines) => File.WriteAllText(machine.RestorePath, "attune-restore 1 999999 1\n" + lines);
}
