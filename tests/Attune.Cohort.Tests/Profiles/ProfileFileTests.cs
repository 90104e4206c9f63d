using System.Text;
using System.Text.Json.Nodes;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Profiles;

public sealed class ProfileFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-cohort-").FullName;

    private string FilePath => Path.Combine(folder, "p.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_again()
    {
        CohortProfile profile = SmallProfiles.Clocked() with { Model = "net.cohort.attune" };
        ProfileFile.Write(FilePath, profile);
        Result<CohortProfile, DocumentError> load = ProfileFile.Read(FilePath);
        load.Error.ShouldBeNull();
        CohortProfile read = load.Value!;
        (read with { Knobs = profile.Knobs, Stages = profile.Stages, Variants = profile.Variants, Settings = profile.Settings }).ShouldBe(profile);
        read.Knobs.ShouldBe(profile.Knobs);
        read.Stages.ShouldBe(profile.Stages);
        read.Variants.Select(variant => (variant.Name, variant.Loss, Text(variant.StageLoss))).ShouldBe(
            profile.Variants.Select(variant => (variant.Name, variant.Loss, Text(variant.StageLoss))));
        read.Settings.Select(Text).ShouldBe(profile.Settings.Select(Text));
        Directory.GetFiles(folder).ShouldBe([FilePath], "nothing temporary stays");
    }

    [Theory]
    [InlineData("$.schema", "2", "schema")]
    [InlineData("$.kind", "\"other\"", "kind")]
    [InlineData("$.energy", "\"guessed\"", "energy")]
    [InlineData("$.network", "null", "network")]
    [InlineData("$.stages", "[]", "stages")]
    [InlineData("$.surprise", "1", "surprise")]
    [InlineData("$.settings[1].values", "[1]", "settings")]
    [InlineData("$.settings[0].variants[0].stage_us", "[1]", "settings[0].variants[0].stage_us")]
    [InlineData("$.settings[0].variants[0].stage_us", "[1, 0]", "settings[0].variants[0].stage_us[1]")]
    [InlineData("$.settings[0].variants[0].stage_us", "[1, \"x\"]", "settings[0].variants[0].stage_us[1]")]
    [InlineData("$.settings[0].variants[0].stage_mj", "null", "settings[0].variants[0].stage_mj")]
    [InlineData("$.settings[0].variants[1].stage_p95_us", "[1, 1]", "settings[0].variants[1].stage_p95_us")]
    [InlineData("$.variants[0].loss", "1", "variants")]
    [InlineData("$.variants[1].name", "\"exact\"", "variants")]
    public void Whatever_is_wrong_is_named_with_its_place(string where, string value, string path)
    {
        ProfileFile.Write(FilePath, SmallProfiles.Clocked());
        JsonNode root = JsonNode.Parse(File.ReadAllText(FilePath))!;
        Set(root, where, JsonNode.Parse(value));
        Result<CohortProfile, DocumentError> load = ProfileFile.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()));
        load.Value.ShouldBeNull();
        load.Error!.Problems.ShouldContain(problem => problem.Path == path, string.Join('\n', load.Error!.Problems));
    }

    [Fact]
    public void Any_cut_or_scrambled_file_is_refused_without_an_exception()
    {
        ProfileFile.Write(FilePath, SmallProfiles.Clocked());
        byte[] whole = File.ReadAllBytes(FilePath);
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = i % 2 == 0 ? whole[..random.Next(whole.Length - 2)] : [.. whole];
            if (damaged.Length > 0)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(128);
            }

            Result<CohortProfile, DocumentError> load = ProfileFile.Parse(damaged);
            (load.Value is null).ShouldBe(load.Error is { Problems.IsEmpty: false });
        }
    }

    [Fact]
    public void A_missing_file_is_a_problem() => ProfileFile.Read(Path.Combine(folder, "none.json")).Error!.Problems.Length.ShouldBe(1);

    private static string Text(IEnumerable<double> numbers) => string.Join(' ', numbers);

    private static string Text(ProfileSetting setting) =>
        $"{Text(setting.Values)} {setting.IdlePowerMw} "
        + $"{string.Join('|', setting.Variants.Select(times => $"{Text(times.StageUs)};{Text(times.StageP95Us)};{Text(times.StageMilliJoules)}"))}";

    // Sets a value at a path such as $.a[1].b.
    private static void Set(JsonNode root, string where, JsonNode? value)
    {
        string[] steps = where[2..].Replace("[", ".[").Split('.');
        JsonNode node = root;
        foreach (string step in steps[..^1])
        {
            node = step[0] == '[' ? node[int.Parse(step.Trim('[', ']'))]! : node[step]!;
        }

        if (steps[^1][0] == '[')
        {
            node[int.Parse(steps[^1].Trim('[', ']'))] = value;
        }
        else
        {
            node[steps[^1]] = value;
        }
    }
}
