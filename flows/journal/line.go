package journal

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"onboard.example/flows"
)

// A line of a journal file is the checksum of a record in eight hexadecimal
// digits, a space, the record in JSON, and a line feed.
const sumLen = 8

// castagnoli is the polynomial that processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealed is the line that holds a record.
func sealed(record []byte) []byte {
	line := make([]byte, 0, sumLen+2+len(record))
	line = fmt.Appendf(line, "%08x ", crc32.Checksum(record, castagnoli))
	line = append(line, record...)
	return append(line, '\n')
}

// errTorn says that a line is not whole.
var errTorn = errors.New("the line is not whole")

// opened takes a record out of its line, which comes without its line feed.
func opened(line []byte) (flows.Record, error) {
	if len(line) < sumLen+1 || line[sumLen] != ' ' {
		return flows.Record{}, errTorn
	}
	sum, err := strconv.ParseUint(string(line[:sumLen]), 16, 32)
	record := line[sumLen+1:]
	if err != nil || uint32(sum) != crc32.Checksum(record, castagnoli) {
		return flows.Record{}, errTorn
	}
	return flows.UnmarshalRecord(record)
}

// DamagedError says that a journal is broken in its middle, where no crash of
// ours can have broken it. What stands before the line can be read.
type DamagedError struct {
	Name string
	Line int // from 1
	Err  error
}

// Error says where the journal is broken.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("the saved run %s is damaged at line %d: %v", e.Name, e.Line, e.Err)
}

// Unwrap gives what is wrong with the line.
func (e *DamagedError) Unwrap() error { return e.Err }

// parse reads the records of a file. good is how many bytes of it are whole:
// what follows is the torn end of a last write. A line that is broken although
// whole ones follow is damage, as are numbers with a gap; the records before
// are returned with the error.
func parse(file string, data []byte) (rs []flows.Record, good int, err error) {
	for n := 1; good < len(data); n++ {
		end := bytes.IndexByte(data[good:], '\n')
		if end < 0 {
			return rs, good, nil
		}
		r, bad := opened(data[good : good+end])
		if bad == nil && r.Seq != uint64(len(rs))+1 {
			bad = fmt.Errorf("record %d stands where %d belongs", r.Seq, len(rs)+1)
			return rs, good, &DamagedError{file, n, bad}
		}
		if bad != nil {
			if !errors.Is(bad, errTorn) || anyWhole(data[good+end+1:]) {
				return rs, good, &DamagedError{file, n, bad}
			}
			return rs, good, nil
		}
		rs = append(rs, r)
		good += end + 1
	}
	return rs, good, nil
}

// anyWhole says whether a whole record stands anywhere in what follows.
func anyWhole(data []byte) bool {
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if _, err := opened(line); err == nil {
			return true
		}
	}
	return false
}
