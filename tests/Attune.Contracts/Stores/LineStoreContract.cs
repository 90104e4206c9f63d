using Attune.Records.Journals;

namespace Attune.Contracts.Stores;

/// <summary>
/// What every file that lines are appended to promises about crashes, damage and other writers. A new kind inherits this by a class that writes numbers with
/// it.
/// </summary>
public abstract class LineStoreContract : WorkFolder
{
    private string FilePath => PathOf("store.jsonl");

    /// <summary>Opens the file for appending.</summary>
    protected abstract IDisposable Open(string path);

    /// <summary>Appends a line that holds a number from 1 to 9.</summary>
    protected abstract void Append(IDisposable store, int number);

    /// <summary>The numbers in the sound lines of a file, in order.</summary>
    protected abstract int[] Read(string path);

    [Fact]
    public void Lines_come_back_in_order_and_appending_goes_on_behind_them()
    {
        Write(1, 2);
        Read(FilePath).ShouldBe([1, 2]);
        Write(3);
        Read(FilePath).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Opening_changes_nothing()
    {
        Write(1, 2);
        byte[] before = File.ReadAllBytes(FilePath);
        Write();
        File.ReadAllBytes(FilePath).ShouldBe(before);
        File.WriteAllBytes(FilePath, before[..^3]);
        Write();
        File.ReadAllBytes(FilePath).ShouldBe(before[..^3]);
    }

    [Fact]
    public void Cut_anywhere_in_its_last_line_only_that_line_is_lost_and_the_next_append_repairs_the_file()
    {
        Write(1, 2);
        byte[] all = File.ReadAllBytes(FilePath);
        int first = Array.IndexOf(all, (byte)'\n') + 1;

        // A line that lacks nothing but its line feed may count as whole.
        for (int length = first; length < all.Length - 1; length++)
        {
            File.WriteAllBytes(FilePath, all[..length]);
            Read(FilePath).ShouldBe([1], $"cut at {length}");
            Write(3);
            Read(FilePath).ShouldBe([1, 3], $"cut at {length}");
        }
    }

    [Fact]
    public void A_flipped_bit_costs_the_line_it_hits_and_no_other()
    {
        Write(1, 2, 3);
        byte[] all = File.ReadAllBytes(FilePath);
        int first = Array.IndexOf(all, (byte)'\n') + 1;
        int second = Array.IndexOf(all, (byte)'\n', first) + 1;
        all[(first + second) / 2] ^= 1;
        File.WriteAllBytes(FilePath, all);
        Read(FilePath).ShouldBe([1, 3]);
        Write(4);
        Read(FilePath).ShouldBe([1, 3, 4]);
    }

    [Fact]
    public void One_writes_at_a_time()
    {
        using IDisposable writer = Open(FilePath);
        Should.Throw<JournalException>(() => Open(FilePath)).Failure.ShouldBe(JournalFailure.InUse);
        Append(writer, 1);
        Read(FilePath).ShouldBe([1]);
    }

    [Fact]
    public void A_file_of_something_else_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(FilePath, "Dear diary,\nnothing of this is JSON.\n");
        Should.Throw<JournalException>(() => Open(FilePath)).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllText(FilePath).ShouldBe("Dear diary,\nnothing of this is JSON.\n");
    }

    private void Write(params ReadOnlySpan<int> numbers)
    {
        using IDisposable store = Open(FilePath);
        foreach (int number in numbers)
        {
            Append(store, number);
        }
    }
}
