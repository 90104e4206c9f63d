using Attune.Cli.Output;
using Attune.Cli.Tests.Experiments;
using Attune.Cli.Tests.RecordCommands;
using Attune.Cli.Transfer;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Cli.Tests.Transfer;

public sealed class LearnCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-learn").FullName;

    private string Prior => Path.Combine(folder, "prior.dgp");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_prior_is_learnt_from_recordings_and_says_from_which()
    {
        RecordedDeviceFile.Write(folder, "one");
        RecordedDeviceFile.Write(folder, "two", shift: 1);
        CliRun run = await CliRun.Of("learn", $"recorded:{Path.Combine(folder, "*.csv")}", "-o", Prior, "--tuner-option", "steps=20", "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("devices").EnumerateArray().Select(device => device.GetString()).ShouldBe(["one", "two"]);
        run.Json.GetProperty("observations").GetInt32().ShouldBe(2 * 72);
        File.Exists(Prior).ShouldBeTrue();
    }

    [Fact]
    public async Task Too_little_to_learn_from_is_said_with_what_was_left_out()
    {
        string file = Path.Combine(folder, "short.csv");
        File.WriteAllText(file, "x,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2,0,1,1\n2,ok,3,0,1,1\n");
        CliRun run = await CliRun.Of("learn", $"recorded:{file}", "-o", Prior, "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe("AT3005");
        run.Json.GetProperty("error").GetProperty("details")[0].GetString()!.ShouldContain("fewer than 8");
        File.Exists(Prior).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--tuner-option", "stepz=20", "AT1006")]
    [InlineData("--tuner-option", "steps=0", "AT1006")]
    public async Task Wrong_options_are_refused(string option, string value, string code)
    {
        string file = RecordedDeviceFile.Write(folder, "one");
        (await CliRun.Of("learn", $"recorded:{file}", "-o", Prior, option, value, "--json")).ErrorCode.ShouldBe(code);
    }

    [Theory]
    [InlineData("missing.dgp", null, "AT1010")]
    [InlineData("letter.dgp", "Dear reader, this is no prior.", "AT3004")]
    public async Task A_tune_refuses_a_prior_that_is_none_before_any_work(string name, string? content, string code)
    {
        string path = Path.Combine(folder, name);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        CliRun run = await CliRun.Of("tune", "zoo:alexnet", "--prior", path, "--json");
        run.ErrorCode.ShouldBe(code);
    }

    [Fact]
    public async Task A_truncated_prior_is_refused_with_what_to_do()
    {
        string file = RecordedDeviceFile.Write(folder, "one");
        (await CliRun.Of("learn", $"recorded:{file}", "-o", Prior, "--tuner-option", "steps=20", "--json")).Exit.ShouldBe(ExitCode.Done);
        byte[] bytes = await File.ReadAllBytesAsync(Prior);
        await File.WriteAllBytesAsync(Prior, bytes[..^100]);
        CliRun run = await CliRun.Of("tune", "zoo:alexnet", "--prior", Prior, "--json");
        run.Exit.ShouldBe(ExitCode.Model, run.ToString());
        run.ErrorCode.ShouldBe("AT3004");
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("checksum");
    }

    [Theory]
    [InlineData("--prior", "AT1005")]
    [InlineData("--history", "AT1005")]
    public async Task A_tuner_that_learns_nothing_is_not_given_any_history(string option, string code)
    {
        string file = RecordedDeviceFile.Write(folder, "one");
        CliRun run = await CliRun.Of("tune", "zoo:alexnet", "--tuner", "random", option, $"recorded:{file}", "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(code);
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("dgp");
    }

    [Theory]
    [InlineData("random")]
    [InlineData("bted+bao")]
    public void A_tuner_that_learns_nothing_starts_from_what_was_published(string tuner)
    {
        string log = Path.Combine(folder, "published.log");
        File.WriteAllText(log, $"{AutoTvmCommandTests.Line}\n");
        var target = new KernelTarget { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) };
        var device = new DeviceProfile(DeviceName.Of(TargetKind.Cuda, 0), "some-gpu", "a GPU", target);
        var transfer = TransferArguments.Read(tuner, [log], null, device);
        transfer.Tuner.ShouldBe(tuner);
        transfer.History.ShouldNotBeNull().Sparse.ShouldHaveSingleItem();
        transfer.Lines.ShouldContain(line => line.Contains($"{tuner} does not learn", StringComparison.Ordinal));
        TransferArguments.Read("dgp", [log], null, device).Lines.ShouldNotContain(line => line.Contains("does not learn", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AutoTvm_learns_from_records_but_reads_no_prior()
    {
        CliRun run = await CliRun.Of("tune", "zoo:alexnet", "--tuner", "autotvm", "--prior", "prior.dgp", "--json");
        run.ErrorCode.ShouldBe("AT1005");
    }
}
