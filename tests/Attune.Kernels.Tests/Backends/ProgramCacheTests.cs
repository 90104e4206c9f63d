using Attune.Kernels.Backends;

namespace Attune.Kernels.Tests.Backends;

/// <summary>Compiled programs in a folder: kept whole or not at all, within their bytes, whatever else happens to the files.</summary>
public sealed class ProgramCacheTests : WorkFolder
{
    private static readonly string Key = ProgramCache.KeyOf("source", "options");
    private static readonly byte[] Program = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];

    [Fact]
    public void What_is_kept_is_found_by_any_cache_of_the_folder()
    {
        Cache().Find(Key).ShouldBeNull();
        Cache().Keep(Key, Program).ShouldBeTrue();
        Cache().Find(Key).ShouldBe(Program);
        Cache().Keep(Key, [1, 2]).ShouldBeTrue();
        Cache().Find(Key).ShouldBe([1, 2]);
        Cache().Keep(Key, []).ShouldBeTrue();
        Cache().Find(Key).ShouldBe([]);
        Cache().Find(ProgramCache.KeyOf("source", "other options")).ShouldBeNull();
    }

    [Fact]
    public void Keys_are_equal_for_equal_parts_only()
    {
        string[] keys =
        [
            ProgramCache.KeyOf("a", "b"), ProgramCache.KeyOf("ab", string.Empty), ProgramCache.KeyOf("ab"), ProgramCache.KeyOf(string.Empty, "ab"),
            ProgramCache.KeyOf("b", "a"), ProgramCache.KeyOf("a\0b"), ProgramCache.KeyOf(),
        ];
        keys.Distinct().Count().ShouldBe(keys.Length);
        keys.ShouldAllBe(key => key.Length == 64);
        ProgramCache.KeyOf("a", "b").ShouldBe(keys[0]);
    }

    [Theory]
    [InlineData(0)] // mark
    [InlineData(10)] // key
    [InlineData(50)] // hash
    [InlineData(72)] // first byte of the program
    [InlineData(1071)] // last
    public void A_damaged_entry_counts_as_absent_and_is_replaced(int at)
    {
        Cache().Keep(Key, Program);
        byte[] whole = File.ReadAllBytes(Entry());
        whole[at] ^= 1;
        File.WriteAllBytes(Entry(), whole);
        Cache().Find(Key).ShouldBeNull();
        Cache().Keep(Key, Program).ShouldBeTrue();
        Cache().Find(Key).ShouldBe(Program);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(72)]
    [InlineData(1000)]
    public void An_entry_that_was_cut_short_counts_as_absent(int length)
    {
        Cache().Keep(Key, Program);
        File.WriteAllBytes(Entry(), File.ReadAllBytes(Entry())[..length]);
        Cache().Find(Key).ShouldBeNull();
    }

    [Fact]
    public void The_entry_of_another_key_under_this_name_counts_as_absent()
    {
        string other = ProgramCache.KeyOf("other source", "options");
        Cache().Keep(other, Program);
        File.Move(Entry(), Path.Combine(Cache().Folder, $"{Key}.program"));
        Cache().Find(Key).ShouldBeNull();
    }

    [Fact]
    public void The_programs_that_were_not_used_for_longest_make_room()
    {
        var clock = new ManualClock();
        const int Entries = 8;
        long size = Program.Length + 72;
        var cache = new ProgramCache(new ProgramCacheOptions { Folder = PathOf("programs"), MaxBytes = size * Entries }, clock);
        string[] keys = [.. Enumerable.Range(0, Entries + 1).Select(i => ProgramCache.KeyOf($"{i}"))];
        foreach (string key in keys[..Entries])
        {
            cache.Keep(key, Program).ShouldBeTrue();
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        // The first was kept first, and is used last.
        cache.Find(keys[0]).ShouldNotBeNull();
        clock.Advance(TimeSpan.FromMinutes(1));
        cache.Keep(keys[Entries], Program).ShouldBeTrue();
        keys.Select(key => cache.Find(key) is not null).ShouldBe([true, false, false, false, true, true, true, true, true]);
    }

    [Fact]
    public void A_program_larger_than_the_cache_is_not_kept()
    {
        var cache = new ProgramCache(new ProgramCacheOptions { Folder = PathOf("programs"), MaxBytes = 500 });
        cache.Keep(Key, Program).ShouldBeFalse();
        cache.Find(Key).ShouldBeNull();
        Should.Throw<ArgumentOutOfRangeException>(() => new ProgramCacheOptions { Folder = PathOf("programs"), MaxBytes = 0 });
    }

    [Fact]
    public void What_a_killed_process_left_half_written_goes_when_room_is_made()
    {
        var clock = new ManualClock();
        var cache = new ProgramCache(new ProgramCacheOptions { Folder = PathOf("programs"), MaxBytes = 1500 }, clock);
        clock.Advance(TimeSpan.FromDays(10));
        cache.Keep(Key, Program);
        string old = Write(Path.Combine("programs", "x.program.1.tmp"), [1]);
        string fresh = Write(Path.Combine("programs", "x.program.2.tmp"), [1]);
        File.SetLastWriteTimeUtc(old, clock.GetUtcNow().UtcDateTime.AddDays(-2));
        File.SetLastWriteTimeUtc(fresh, clock.GetUtcNow().UtcDateTime.AddMinutes(-2));
        cache.Keep(ProgramCache.KeyOf("another"), Program).ShouldBeTrue();
        File.Exists(old).ShouldBeFalse();
        File.Exists(fresh).ShouldBeTrue();
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_empty_cache()
    {
        string file = Write("file", [1]);
        var cache = new ProgramCache(new ProgramCacheOptions { Folder = Path.Combine(file, "programs") });
        cache.Keep(Key, Program).ShouldBeFalse();
        cache.Find(Key).ShouldBeNull();
    }

    [NeedingFact(Need.Linux)]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_folder_that_others_may_write_is_not_used()
    {
        Cache().Keep(Key, Program).ShouldBeTrue();
        File.GetUnixFileMode(Cache().Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Cache().Folder, (UnixFileMode)Convert.ToInt32("777", 8));
        Cache().Find(Key).ShouldBeNull();
        Cache().Keep(Key, Program).ShouldBeFalse();
    }

    [Fact]
    public void Who_reads_while_others_write_and_make_room_finds_whole_programs_or_none()
    {
        string[] keys = [.. Enumerable.Range(0, 6).Select(i => ProgramCache.KeyOf($"{i}"))];
        byte[][] programs = [.. keys.Select((_, i) => Enumerable.Repeat((byte)i, 3000 + i).ToArray())];
        int found = 0;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, worker =>
        {
            var cache = new ProgramCache(new ProgramCacheOptions { Folder = PathOf("programs"), MaxBytes = 12_000 });
            for (int i = 0; i < 60; i++)
            {
                int which = ((i / 2) + worker) % keys.Length;
                if (cache.Find(keys[which]) is { } program)
                {
                    program.ShouldBe(programs[which]);
                    Interlocked.Increment(ref found);
                }
                else
                {
                    cache.Keep(keys[which], programs[which]);
                }
            }
        });
        found.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("/home/one", null, "/home/one/programs")]
    [InlineData("/home/one", "/caches", "/home/one/programs")]
    [InlineData(null, "/caches", "/caches/attune/programs")]
    [InlineData("", "/caches", "/caches/attune/programs")]
    public void The_users_folder_follows_the_environment(string? home, string? cache, string expected) =>
        ProgramCacheOptions.OfUser(name => name == "ATTUNE_HOME" ? home : name == "XDG_CACHE_HOME" ? cache : null)!.Folder
            .ShouldBe(Path.GetFullPath(expected));

    [Fact]
    public void A_relative_folder_for_caches_is_not_taken() =>
        ProgramCacheOptions.OfUser(name => name == "XDG_CACHE_HOME" ? "somewhere" : null)?.Folder.ShouldNotContain("somewhere");

    private ProgramCache Cache() => new(new ProgramCacheOptions { Folder = PathOf("programs") });

    private string Entry() => Directory.GetFiles(Cache().Folder).ShouldHaveSingleItem();
}
