using System.Security.Cryptography;
using Attune.Devices;
using Attune.Kernels.Spaces;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Transfer;

public sealed class PriorFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-prior").FullName;

    private string Location => Path.Combine(folder, "prior.dgp");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_learnt_comes_back_with_where_it_came_from()
    {
        TransferPrior prior = Learnt(out Space space);
        PriorFile.Save(Location, prior).ShouldBeNull();
        Directory.GetFiles(folder).Length.ShouldBe(1, "no temporary file is left");
        Result<TransferPrior, PriorError> load = PriorFile.Load(Location);
        load.Error.ShouldBeNull();
        load.Value!.Provenance.ShouldSatisfyAllConditions(
            from => from.Sources.ShouldBe(["a.jsonl"]),
            from => from.Devices.ShouldBe(["elsewhere"]),
            from => from.Tasks.ShouldBe(["kernel"]),
            from => from.Seed.ShouldBe(7),
            from => from.Observations.ShouldBe(prior.Provenance.Observations));
        load.Value.Covers(space).ShouldBeTrue();
        Walk(space, load.Value).ShouldBe(Walk(space, prior));
    }

    [Fact]
    public void A_prior_shortens_the_search_and_says_nothing_of_other_templates()
    {
        TransferPrior prior = Learnt(out Space space);
        double optimum = Histories.Valid(space).Min(point => Landscape.TimeOf(space, point));
        (optimum / Walk(space, prior).Take(24).Min(point => Landscape.TimeOf(space, point))).ShouldBeGreaterThan(0.9);
        var other = new Space([Knob.Scale("x", [.. Enumerable.Range(1, 40)])]);
        prior.Covers(other).ShouldBeFalse();
        TransferKnowledge.Of(other, new SearcherOptions { Prior = prior }).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Damage_of_any_kind_is_a_typed_failure()
    {
        byte[] bytes = PriorFile.ToBytes(Learnt(out _));
        Of([]).ShouldBe(PriorFailure.Foreign);
        Of("this is a letter, not a prior, and long enough to be one"u8.ToArray()).ShouldBe(PriorFailure.Foreign);
        Of(bytes[..20]).ShouldBe(PriorFailure.Corrupt);
        for (int length = 60; length < bytes.Length; length += 997)
        {
            Of(bytes[..length]).ShouldBe(PriorFailure.Corrupt);
        }

        var random = new Random(2);
        for (int i = 0; i < 60; i++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[random.Next(20, bytes.Length)] ^= (byte)(1 << random.Next(8));
            Of(damaged).ShouldBe(PriorFailure.Corrupt);
        }

        byte[] newer = (byte[])bytes.Clone();
        newer[13] = 9;
        PriorFile.Parse("p.dgp", newer).ShouldSatisfyAllConditions(
            load => load.Error!.Failure.ShouldBe(PriorFailure.Schema),
            load => load.Error!.Message.ShouldContain("attune learn"));

        static PriorFailure? Of(byte[] content) => PriorFile.Parse("p.dgp", content).Error?.Failure;
    }

    [Fact]
    public void Lies_behind_a_right_checksum_are_noticed_too()
    {
        byte[] bytes = PriorFile.ToBytes(Learnt(out _));
        var random = new Random(3);
        for (int i = 0; i < 120; i++)
        {
            byte[] damaged = bytes[..^32];
            damaged[random.Next(17, Math.Min(damaged.Length, 2000))] = (byte)random.Next(256);
            Result<TransferPrior, PriorError> load = PriorFile.Parse("p.dgp", [.. damaged, .. SHA256.HashData(damaged)]);
            (load.Value is null).ShouldBe(load.Error is not null);
        }
    }

    [Fact]
    public void Missing_and_unwritable_places_are_said_as_such()
    {
        PriorFile.Load(Path.Combine(folder, "none.dgp")).Error!.Failure.ShouldBe(PriorFailure.Unreadable);
        PriorFile.Save(Path.Combine(folder, "no", "such", "place.dgp"), Learnt(out _))!.ShouldContain("could not be written");
    }

    [Fact]
    public void Nothing_to_learn_is_refused() =>
        Should.Throw<ArgumentException>(
            () => TransferPrior.Learn(TuningHistory.Empty, [], null, 1, TimeProvider.System)).Message.ShouldContain("nothing to learn");

    private static TransferPrior Learnt(out Space space)
    {
        space = Landscape.MakeSpace();
        var history = new TuningHistory([Histories.Honest(space, step: 9)]);
        return TransferPrior.Learn(history, ["a.jsonl"], new() { Steps = 150, InducingPoints = 16 }, seed: 7, TimeProvider.System);
    }

    private static List<long> Walk(Space space, TransferPrior prior) =>
        Landscape.Search(SearcherCatalog.Create("dgp", space, new() { Seed = 2, Prior = prior }), space, trials: 32, batch: 8);
}
