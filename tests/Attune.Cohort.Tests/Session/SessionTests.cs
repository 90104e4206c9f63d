using System.Collections.Concurrent;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Profiling;
using Attune.Cohort.Session;
using Attune.Compile.Forms;
using Attune.Compile.LowRank;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Runtime;
using Attune.Tuning.Session;

namespace Attune.Cohort.Tests.Session;

/// <summary>What a program does that profiles a tuned model and runs it in a cohort.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-cohort-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_model_is_profiled_and_runs_with_its_profile()
    {
        ProfileResult profiled = await ProfileAsync(new ProfileOptions());
        CohortProfile written = ProfileFile.Read(PathOf("net.profile.json")).Value.ShouldNotBeNull();
        written.Model.ShouldBe("net.attune");
        written.Network.ShouldBe("net");
        written.Variants.Select(variant => variant.Name).ShouldBe(["exact"]);
        written.Settings.Length.ShouldBe(profiled.Network.Profile.Settings.Length);
        WritePlan();

        using RunnableCohort cohort = RunnableCohort.Load(PathOf("plan.json")).Value.ShouldNotBeNull();
        cohort.Warnings.ShouldBeEmpty();
        cohort.Models[0].ShouldBeSameAs(cohort.Models[1], "members of one model share it");
        var events = new Heard<CohortEvent>();
        var options = new CohortSessionOptions
        {
            WarmUp = TimeSpan.Zero,
            Duration = TimeSpan.FromMilliseconds(400),
            KeptDecisions = 3,
            Journal = PathOf("decisions.jsonl"),
        };
        using var session = new CohortSession(cohort, options, events);
        session.Note("watched from outside");
        CohortResult result = session.Run();
        result.IsInterrupted.ShouldBeFalse();
        result.Figures.Released.ShouldBeGreaterThan(0);
        result.Figures.Members.Select(member => member.Failure).ShouldAllBe(failure => failure == null);
        result.MilliJoules.ShouldBeNull("there is no meter");
        result.Decisions.Count.ShouldBe(3);
        session.Notes.ShouldContain("watched from outside");
        events.All.OfType<CohortNoted>().Select(noted => noted.Text).ShouldContain("watched from outside");
        events.All.OfType<CohortAdvanced>().ShouldNotBeEmpty();
        DecisionCheck.Of(File.ReadLines(PathOf("decisions.jsonl")), cohort.Setup, 0).Problems.ShouldBeEmpty();
    }

    [NeedingFact(Need.OpenCl)]
    public async Task A_model_is_profiled_and_runs_on_a_device_with_its_own_memory()
    {
        DeviceProfile device = DeviceProfile.Find(DeviceName.OpenCl(0)).Value.ShouldNotBeNull();
        await ProfileAsync(new ProfileOptions { Device = device, Shares = [0.5], Budget = null, ModelOutput = PathOf("net.attune") });
        CohortProfile written = ProfileFile.Read(PathOf("net.profile.json")).Value.ShouldNotBeNull();
        (written.Device, written.Machine, written.Energy).ShouldBe((device.Name, device.Id, EnergySource.None));
        written.Settings.Select(setting => setting.Values[0]).ShouldBe([1]);
        WritePlan();

        using (RunnableCohort cohort = RunnableCohort.Load(PathOf("plan.json")).Value.ShouldNotBeNull())
        {
            cohort.Warnings.ShouldBeEmpty();
            cohort.Models[0].Device.ShouldBe(device);
            using var session = new CohortSession(
                cohort, new CohortSessionOptions { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(400) });
            CohortResult result = session.Run();
            result.Figures.Released.ShouldBeGreaterThan(0);
            result.Figures.Members.Select(member => member.Failure).ShouldAllBe(failure => failure == null);
        }

        Write(written with { Device = DeviceName.Cuda(7) });
        CohortDeviceMissing missing = ErrorOf<CohortDeviceMissing>();
        (missing.Path, missing.Device).ShouldBe((PathOf("plan.json"), DeviceName.Cuda(7)));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_gives_what_it_counted()
    {
        await ProfileAsync(new ProfileOptions());
        WritePlan();
        using RunnableCohort cohort = RunnableCohort.Load(PathOf("plan.json"), CohortMode.MaxAccuracy).Value.ShouldNotBeNull();
        using var cancel = new CancellationTokenSource();
        var events = new Heard<CohortEvent> { Act = happened => Cancel(happened, cancel) };
        using var session = new CohortSession(cohort, new CohortSessionOptions { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromHours(1) }, events);
        CohortResult result = session.Run(cancel.Token);
        result.IsInterrupted.ShouldBeTrue();
        result.Mode.ShouldBe(CohortMode.MaxAccuracy);

        static void Cancel(CohortEvent happened, CancellationTokenSource source)
        {
            if (happened is CohortAdvanced { Elapsed.TotalMilliseconds: > 50 })
            {
                source.Cancel();
            }
        }
    }

    [Fact]
    public async Task Low_rank_forms_are_made_timed_and_profiled()
    {
        var events = new Heard<TuneEvent>();
        ProfileResult result = await ProfileAsync(
            new ProfileOptions { Shares = [0.5, 0.25], Budget = null, ModelOutput = PathOf("net.cohort.attune") }, events);
        result.Forms.Layers.ShouldNotBeEmpty();
        result.Forms.Layers.ShouldAllBe(layer => ((LowRankLayer)layer).MacShare < 1 && ((LowRankLayer)layer).OutputError == null);
        events.All.OfType<FormsMade>().ShouldHaveSingleItem().Forms.ShouldBe(result.Forms.Layers.Length);
        result.Forms.Times.Length.ShouldBe(result.Forms.Layers.Length);
        CohortProfile written = ProfileFile.Read(PathOf("net.profile.json")).Value.ShouldNotBeNull();
        written.Model.ShouldBe("net.cohort.attune");
        written.HasContention.ShouldBeTrue();
        TunedModelFile.Load(PathOf("net.cohort.attune")).Succeeded.ShouldBeTrue();
        result.Network.Accuracy[0].Top1.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Low_rank_forms_follow_the_inputs_where_they_are_real(bool random)
    {
        ProfileResult result = await ProfileAsync(
            new ProfileOptions { Shares = [0.5], Budget = null, ModelOutput = PathOf("net.cohort.attune") }, null, isRandom: random);
        result.Forms.Layers.ShouldNotBeEmpty();
        result.Forms.Layers.ShouldAllBe(layer => random ? ((LowRankLayer)layer).OutputError == null : ((LowRankLayer)layer).OutputError < 1);
    }

    [Fact]
    public async Task Forms_on_bytes_and_brain_floats_are_made_timed_and_profiled()
    {
        ProfileResult result = await ProfileAsync(
            new ProfileOptions { Forms = [FormPrecision.BF16, FormPrecision.I8], Shares = [0.5], Budget = null, ModelOutput = PathOf("net.cohort.attune") });
        result.Forms.Refusal.ShouldBeNull();
        result.Forms.Layers.OfType<PrecisionForm>().Select(form => (form.Form, form.Precision)).Distinct()
            .ShouldBe([(1, FormPrecision.BF16), (2, FormPrecision.I8)]);
        result.Forms.Layers.OfType<LowRankLayer>().ShouldAllBe(form => form.Form == 3);
        result.Forms.Times.Length.ShouldBe(result.Forms.Layers.Length);
        TunedModelFile.Load(PathOf("net.cohort.attune")).Succeeded.ShouldBeTrue();
        result.Network.Accuracy[0].Top1.ShouldBe(1);
    }

    [Fact]
    public async Task Why_a_plan_cannot_run_is_an_error_with_the_file_that_it_is_about()
    {
        ErrorOf<CohortFileMissing>().Path.ShouldBe(PathOf("plan.json"));
        File.WriteAllText(PathOf("plan.json"), "{");
        ErrorOf<CohortFileUnusable>().Kind.ShouldBe(CohortFileKind.Plan);
        File.WriteAllText(PathOf("plan.json"), """{ "schema": 1, "members": [ { "name": "a", "tables": "tx2-alexnet", "deadline_ms": 50 } ] }""");
        ErrorOf<CohortFileUnusable>().Kind.ShouldBe(CohortFileKind.SimulationOnly);
        WritePlan();
        ErrorOf<CohortFileMissing>().Path.ShouldBe(PathOf("net.profile.json"));

        CohortProfile profile = (await ProfileAsync(new ProfileOptions())).Network.Profile;
        Write(profile with { Machine = "another" });
        ErrorOf<CohortOfOtherMachine>().Message.ShouldContain("another");
        using (RunnableCohort other = RunnableCohort.Load(PathOf("plan.json"), otherMachine: true).Value.ShouldNotBeNull())
        {
            other.Warnings.Length.ShouldBe(2);
        }

        // A stage more, and the profile is of a model with other steps; it names that model.
        ProfileStage last = profile.Stages[^1];
        Write(profile with { Model = "other.attune", Stages = [.. profile.Stages[..^1], last with { StepCount = last.StepCount + 1 }] });
        File.Copy(PathOf("net.attune"), PathOf("other.attune"));
        CohortModelMismatched mismatched = ErrorOf<CohortModelMismatched>();
        (mismatched.Member.Name, mismatched.FormedModel, mismatched.Misfit.LacksForms).ShouldBe(("a", "other.attune", false));

        Write(profile);
        File.WriteAllText(PathOf("net.attune"), "no model");
        ErrorOf<CohortModelUnusable>().Path.ShouldBe(PathOf("net.attune"));
    }

    [Fact]
    public void Options_of_a_run_are_checked()
    {
        var sound = new CohortSessionOptions();
        sound.Validated().ShouldBe(sound);
        Should.Throw<ArgumentException>(() => (sound with { Policy = "neuros" }).Validated()).Message.ShouldContain("'neuros'");
        Should.Throw<ArgumentException>(() => (sound with { Duration = TimeSpan.Zero }).Validated()).Message.ShouldContain("Duration");
        Should.Throw<ArgumentException>(() => (sound with { WarmUp = TimeSpan.FromSeconds(-1) }).Validated()).Message.ShouldContain("WarmUp");
        Should.Throw<ArgumentException>(() => (sound with { KeptDecisions = -1 }).Validated()).Message.ShouldContain("KeptDecisions");
    }

    [Fact]
    public void Options_and_networks_that_cannot_be_profiled_are_refused()
    {
        TunedModel model = TunedNetwork.Create();
        Should.Throw<ArgumentException>(() => new ProfileSession(model, "net", new ProfileOptions { Shares = [0.25, 0.5] })).Message.ShouldContain("falling");
        Should.Throw<ArgumentException>(() => new ProfileSession(model, "net", new ProfileOptions { Threads = 0 })).Message.ShouldContain("Threads 0");
        Should.Throw<ArgumentException>(
            () => new ProfileSession(TunedNetwork.Create(DataType.Int64), "net", new ProfileOptions())).Message.ShouldContain("32-bit floats");
    }

    private T ErrorOf<T>()
        where T : CohortError => RunnableCohort.Load(PathOf("plan.json")).Error.ShouldBeOfType<T>();

    private async Task<ProfileResult> ProfileAsync(ProfileOptions options, IProgress<TuneEvent>? progress = null, bool isRandom = true)
    {
        TunedModel model = TunedNetwork.Create();
        TunedModelFile.Save(PathOf("net.attune"), model);
        CalibrationSet drawn = new CalibrationReader(ProfileSession.InputOf(model.Network)!, model.Network.Outputs[0]).Random(3, 1);
        CalibrationSet calibration = drawn with { IsRandom = isRandom };
        ProfileOptions small = options with
        {
            Threads = 1,
            Measuring = new ProfilingOptions { Runs = 5, MaxStages = 2 },
            Output = PathOf("net.profile.json"),
            Source = PathOf("net.attune"),
        };
        return await new ProfileSession(model, "net", small).RunAsync(calibration, progress);
    }

    private void WritePlan() => File.WriteAllText(PathOf("plan.json"), """
        { "schema": 1, "members": [
          { "name": "a", "model": "net.attune", "profile": "net.profile.json", "deadline_ms": 20 },
          { "name": "b", "model": "net.attune", "profile": "net.profile.json", "deadline_ms": 20 } ] }
        """);

    private void Write(CohortProfile profile) => ProfileFile.Write(PathOf("net.profile.json"), profile);

    private string PathOf(string name) => Path.Combine(folder, name);

    private sealed class Heard<T> : IProgress<T>
    {
        public ConcurrentQueue<T> All { get; } = new();

        public Action<T>? Act { get; init; }

        public void Report(T value)
        {
            All.Enqueue(value);
            Act?.Invoke(value);
        }
    }
}
